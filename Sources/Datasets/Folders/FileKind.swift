/// Which files of a folder are samples: those whose names have one of some endings.
public struct FileKind: Sendable {
    /// What one of them is called, such as `image`.
    public let noun: String
    /// The endings, without the point, in small letters.
    public let endings: Set<String>

    /// Files with these endings, in small or capital letters.
    public init(noun: String, endings: Set<String>) { (self.noun, self.endings) = (noun, endings) }

    /// JPEG and PNG images.
    public static let image = FileKind(noun: "image", endings: ["jpg", "jpeg", "jpe", "jfif", "png", "apng"])

    /// Whether a file of this name is one of them.
    public func contains(_ name: String) -> Bool { endings.contains(Self.ending(name) ?? "") }

    /// The paths of the files in and below the folder at `path`, in natural order; nil if there is no folder. *Local.*
    public func paths(in path: String) throws(DatasetError) -> [String]? {
        guard try FileStatus(path).isFolder else { return nil }
        return try paths(in: path, depth: 0)
    }

    private func paths(in folder: String, depth: Int) throws(DatasetError) -> [String] {
        guard depth < LabeledFiles.deepest else { return [] }
        let listing = try DirectoryListing(folder)
        var paths = listing.files.filter(contains).map { "\(folder)/\($0)" }
        for inner in listing.folders { paths += try self.paths(in: "\(folder)/\(inner)", depth: depth + 1) }
        return paths
    }

    /// What follows the last point of a file's name, in small letters.
    static func ending(_ name: String) -> String? {
        let file = name.split(separator: "/").last ?? ""
        guard let point = file.lastIndex(of: "."), point > file.startIndex else { return nil }
        return file[file.index(after: point)...].lowercased()
    }
}
