import Glibc
import Messages

extension LabeledFiles {
    /// Lists the files of a folder or a table, and of one of its own to test on where that is given. *Local.*
    ///
    /// Throws, by name, for a file that is missing or cannot be read, a folder of a class without files, and a file that a table
    /// names twice.
    /// - Parameter naming: how the names of the files of a folder say their classes, where folders do not.
    public init(
        path: String, testPath: String? = nil, kind: FileKind, naming: FileNaming? = nil
    ) throws(DatasetError) {
        let builder = LabeledFilesBuilder(path, kind)
        if try FileStatus(path).isFolder {
            if let naming {
                try Self.addNamed(path, naming, kind, builder)
            } else {
                try Self.list(path, kind, builder)
            }
        } else {
            try FileTable(path, kind).add(to: builder)
        }
        if let testPath {
            builder.remove(.validation, for: testPath)
            builder.remove(.test, for: testPath)
            if try FileStatus(testPath).isFolder {
                let listing = try DirectoryListing(testPath)
                let parts = try Self.partFolders(of: listing, at: testPath)
                guard parts.isEmpty else {
                    throw .unusable(
                        path: testPath, found: "folders of parts: \(parts.map(\.folder).listedNames)",
                        expected: "folders of classes, all of them to test on; name one part, such as "
                            + "\(testPath)/\(parts.last?.folder ?? "test")")
                }
                try Self.addClasses(of: listing, at: testPath, to: .test, kind, builder)
            } else {
                try FileTable(testPath, kind).add(to: builder, all: .test)
            }
            guard !builder.isEmpty(.test) else { throw Self.nothing(kind, at: testPath) }
        }
        self = try builder.finish()
    }

    /// The names that a folder of each part may have.
    private static let partNames: [String: Part] = [
        "train": .training, "training": .training, "val": .validation, "valid": .validation, "validation": .validation,
        "test": .test, "testing": .test,
    ]

    /// The part that a folder or a word in a table stands for.
    static func part(named name: String) -> Part? { partNames[name.lowercased()] }

    /// The folders of parts in a folder, in the order of the parts; none where no part to train on with folders of classes is there.
    private static func partFolders(
        of listing: DirectoryListing, at path: String
    ) throws(DatasetError) -> [(part: Part, folder: String)] {
        guard let training = listing.folders.first(where: { part(named: $0) == .training }),
            try !DirectoryListing("\(path)/\(training)").folders.isEmpty
        else { return [] }
        var parts: [(part: Part, folder: String)] = []
        for part in Part.allCases {
            let folders = listing.folders.filter { self.part(named: $0) == part }
            guard folders.count < 2 else {
                throw .unusable(
                    path: path, found: "the folders \(folders[0]) and \(folders[1])", expected: "one for each part")
            }
            if let folder = folders.first { parts.append((part, folder)) }
        }
        return parts
    }

    private static func list(_ path: String, _ kind: FileKind, _ builder: LabeledFilesBuilder) throws(DatasetError) {
        let listing = try DirectoryListing(path)
        let parts = try partFolders(of: listing, at: path)
        guard !parts.isEmpty else {
            try addClasses(of: listing, at: path, to: .training, kind, builder)
            return
        }
        builder.leaveOut(hidden: listing.hidden)
        for file in listing.files { builder.leaveOut(file) }
        let others = listing.folders.filter { part(named: $0) == nil }
        if !others.isEmpty { builder.remark("folders beside train that are no part: \(others.listedNames)") }
        for (part, folder) in parts {
            let root = "\(path)/\(folder)"
            try addClasses(of: try DirectoryListing(root), at: root, to: part, kind, builder)
        }
    }

    /// Adds the files of the folders of classes of `listing`, which is of `root`.
    private static func addClasses(
        of listing: DirectoryListing, at root: String, to part: Part, _ kind: FileKind, _ builder: LabeledFilesBuilder
    ) throws(DatasetError) {
        let loose = listing.files.filter(kind.contains)
        guard !listing.folders.isEmpty else {
            if loose.isEmpty { throw nothing(kind, at: root) }
            throw .unusable(
                path: root, found: "\(loose.count) \(kind.noun)\(loose.count == 1 ? "" : "s") and no folders",
                expected: "a folder for each class, or a table of path and label (--data FILE.csv)")
        }
        builder.leaveOut(hidden: listing.hidden)
        for file in listing.files where !kind.contains(file) { builder.leaveOut(file) }
        if !loose.isEmpty {
            builder.remark(
                "left out \(loose.count) \(kind.noun)\(loose.count == 1 ? "" : "s") beside the folders of classes")
        }
        // equal for Swift are names that look alike, however their accents are composed
        var seen: Set<String> = []
        for folder in listing.folders {
            guard seen.insert(folder).inserted else {
                throw .unusable(
                    path: root, found: "two folders named \(folder.excerpt), with accents composed differently",
                    expected: "one for each class")
            }
            let count = try add(folder, label: folder, root: root, depth: 0, to: part, kind, builder)
            if count == 0, part == .training { throw nothing(kind, at: "\(root)/\(folder)") }
        }
    }

    /// The most folders that one may be in.
    static let deepest = 32

    /// Adds the files in and below the folder `name` of `root`; returns how many.
    private static func add(
        _ name: String, label: String, root: String, depth: Int, to part: Part, _ kind: FileKind,
        _ builder: LabeledFilesBuilder
    ) throws(DatasetError) -> Int {
        let folder = "\(root)/\(name)"
        guard depth < deepest else {
            throw .unusable(
                path: String(folder.prefix(200)), found: "folders in more than \(deepest) folders",
                expected: "fewer; perhaps a symbolic link leads to a folder above itself")
        }
        let listing = try DirectoryListing(folder)
        builder.leaveOut(hidden: listing.hidden)
        var count = 0
        for file in listing.files {
            guard kind.contains(file) else {
                builder.leaveOut(file)
                continue
            }
            let size = try FileStatus.readableSize("\(folder)/\(file)")
            builder.add("\(name)/\(file)", label: label, size: size, to: part, root: root)
            count += 1
        }
        for inner in listing.folders {
            count += try add(
                "\(name)/\(inner)", label: label, root: root, depth: depth + 1, to: part, kind, builder)
        }
        return count
    }

    private static func nothing(_ kind: FileKind, at path: String) -> DatasetError {
        .unusable(
            path: path, found: "no \(kind.noun)s",
            expected: "files with the endings \(kind.endings.sorted().joined(separator: ", "))")
    }
}
