import Messages

/// Collects files with their classes, in any order of parts, and makes `LabeledFiles` of them.
final class LabeledFilesBuilder {
    /// A file: its name below the root of its part, and its class.
    private struct Entry {
        let name: String
        let label: String
        let size: Int
    }

    private let path: String
    private let kind: FileKind
    private var entries: [LabeledFiles.Part: [Entry]] = [:]
    private var roots: [LabeledFiles.Part: String] = [:]
    private var leftOut: [String: Int] = [:]
    private(set) var remarks: [String] = []

    init(_ path: String, _ kind: FileKind) { (self.path, self.kind) = (path, kind) }

    /// Adds a file of a class to a part, whose relative names begin at `root`.
    func add(_ name: String, label: String, size: Int, to part: LabeledFiles.Part, root: String) {
        roots[part] = root
        entries[part, default: []].append(Entry(name: name, label: label, size: size))
    }

    /// Counts a file that is none of the kind.
    func leaveOut(_ name: String) { leftOut[FileKind.ending(name).map { ".\($0)" } ?? "no ending", default: 0] += 1 }

    /// Counts hidden files and folders.
    func leaveOut(hidden count: Int) { if count > 0 { leftOut["hidden", default: 0] += count } }

    /// Adds a line about the files.
    func remark(_ line: String) { remarks.append(line) }

    func isEmpty(_ part: LabeledFiles.Part) -> Bool { entries[part]?.isEmpty ?? true }

    /// Forgets the files of a part, for which `other` is used.
    func remove(_ part: LabeledFiles.Part, for other: String) {
        guard let count = entries.removeValue(forKey: part)?.count else { return }
        remark("\(count) \(kind.noun)\(count == 1 ? "" : "s") of \(part.rawValue) are not used: \(other) is")
    }

    /// The first file that was added twice, to one part or to two; nil if there is none.
    var firstDouble: String? {
        var seen: Set<String> = []
        for part in LabeledFiles.Part.allCases {
            for entry in entries[part] ?? [] {
                let path = entry.name.hasPrefix("/") ? entry.name : "\(roots[part] ?? "")/\(entry.name)"
                let steps = path.split(separator: "/").filter { $0 != "." }
                if !seen.insert(steps.joined(separator: "/")).inserted { return entry.name }
            }
        }
        return nil
    }

    /// The files. Throws if there is none to train on, or no memory for their names.
    func finish() throws(DatasetError) -> LabeledFiles {
        let training = entries[.training] ?? []
        guard !training.isEmpty else {
            throw .unusable(
                path: path, found: "no \(kind.noun)s to train on",
                expected: "files with the endings \(kind.endings.sorted().joined(separator: ", "))")
        }
        let classes = Set(training.map(\.label)).sorted(by: NaturalOrder.precedes)
        let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
        let (names, labels, sizes) = (try TextStringsBuilder(), HostArrayBuilder<Int32>(), HostArrayBuilder<Int>())
        var unknown: [String: Int] = [:]
        for part in LabeledFiles.Part.allCases {
            for entry in entries[part] ?? [] {
                try names.append(entry.name)
                try labels.append(numbers[entry.label] ?? -1)
                try sizes.append(entry.size)
                if numbers[entry.label] == nil { unknown[entry.label, default: 0] += 1 }
            }
        }
        if !leftOut.isEmpty {
            let count = leftOut.values.reduce(0, +)
            let kinds = leftOut.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            remarks.append(
                "left out \(count) file\(count == 1 ? "" : "s") that \(count == 1 ? "is no \(kind.noun)" : "are no \(kind.noun)s") "
                    + "by the name: \(kinds.map { "\($0.key) \($0.value)" }.listedNames)")
        }
        if !unknown.isEmpty {
            let count = unknown.values.reduce(0, +)
            remarks.append(
                "\(count) \(kind.noun)\(count == 1 ? "" : "s") of classes that the training part has not: "
                    + unknown.keys.sorted(by: NaturalOrder.precedes).listedNames)
        }
        return LabeledFiles(
            path: path, classes: classes, remarks: remarks,
            counts: LabeledFiles.Part.allCases.map { entries[$0]?.count ?? 0 },
            roots: LabeledFiles.Part.allCases.map { roots[$0] ?? path }, names: names.finish(),
            labels: labels.finish(), sizes: sizes.finish())
    }
}
