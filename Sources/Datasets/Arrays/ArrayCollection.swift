import Glibc
import Messages

/// Arrays by name: the members of a `.npz` archive, the `.npy` files of a folder, or a single `.npy` file.
package struct ArrayCollection {
    /// Where they are.
    package let path: String
    /// Their names in the order of the archive, or sorted.
    package let names: [String]
    private let source: Source

    private enum Source {
        case archive(ZipArchive)
        /// The files' names by those of the arrays.
        case folder([String: String])
        case file
    }

    /// Looks at what is at `path`. *Local.*
    package init(path: String) throws(DatasetError) {
        self.path = path
        var information = stat()
        guard stat(path, &information) == 0 else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        if information.st_mode & S_IFMT == S_IFDIR {
            let files = try Self.files(path)
            (names, source) = (files.keys.sorted(), .folder(files))
            guard !names.isEmpty else {
                throw .unusable(
                    path: path, found: "no file that ends in .npy", expected: "arrays as numpy.save writes them")
            }
        } else if try Self.isArchive(path) {
            let archive = try ZipArchive(path: path)
            (names, source) = (archive.entries.map { Self.name($0.name) }, .archive(archive))
            guard !names.isEmpty else {
                throw .unusable(path: path, found: "an empty archive", expected: "arrays as numpy.savez writes them")
            }
        } else {
            (names, source) = ([Self.name(path.split(separator: "/").last.map(String.init) ?? path)], .file)
        }
    }

    /// Whether what is at `path` is called as arrays of NumPy are, or a folder of such files. *Local.*
    package static func isPresent(at path: String) -> Bool {
        if [".npz", ".npy", ".npy.gz"].contains(where: path.hasSuffix) { return true }
        var information = stat()
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR else { return false }
        return (try? files(path).isEmpty) == false
    }

    /// The array of this name, one of `names`.
    package func array(_ name: String) throws(DatasetError) -> NumberArray {
        switch source {
        case .archive(let archive):
            guard let entry = archive.entries.first(where: { Self.name($0.name) == name }) else { break }
            return try NumberArray(try archive.open(entry), name: "\(path): \(entry.name)")
        case .folder(let files):
            guard let file = files[name] else { break }
            return try NumberArray(path: "\(path)/\(file)")
        case .file: return try NumberArray(path: path)
        }
        throw .unusable(path: path, found: "no array \(name.excerpt)", expected: "one of \(names.listedNames)")
    }

    /// The name of an array without the ending of its file.
    private static func name(_ file: String) -> String {
        for ending in [".npy.gz", ".npy", ".npz"] where file.count > ending.count && file.hasSuffix(ending) {
            return String(file.dropLast(ending.count))
        }
        return file
    }

    private static func isArchive(_ path: String) throws(DatasetError) -> Bool {
        let start = try SequentialFile(path: path).start(4)
        return start == [0x50, 0x4b, 3, 4] || start == [0x50, 0x4b, 5, 6]
    }

    /// The `.npy` files of a folder by the names of the arrays.
    private static func files(_ path: String) throws(DatasetError) -> [String: String] {
        guard let folder = opendir(path) else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { closedir(folder) }
        var files: [String: String] = [:]
        while let entry = readdir(folder) {
            let file = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard file.hasSuffix(".npy") || file.hasSuffix(".npy.gz"), !file.hasPrefix(".") else { continue }
            if let other = files.updateValue(file, forKey: name(file)) {
                throw .unusable(
                    path: path, found: "both \(other) and \(file)", expected: "one file for each array")
            }
        }
        return files
    }
}

extension SequentialFile {
    /// The first bytes, as many as there are.
    fileprivate func start(_ count: Int) throws(DatasetError) -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { (buffer, initialized) throws(DatasetError) in
            initialized = try read(into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
        }
    }
}
