import Glibc
import Messages

/// The entries of a directory, in natural order; those whose names begin with a point are hidden.
struct DirectoryListing {
    private(set) var folders: [String] = []
    private(set) var files: [String] = []
    private(set) var hidden = 0

    /// Reads the directory at `path`; symbolic links count as what they lead to.
    init(_ path: String) throws(DatasetError) {
        guard let directory = opendir(path) else { throw .system(path) }
        defer { closedir(directory) }
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                guard errno == 0 else { throw .system(path) }
                break
            }
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes == [UInt8(ascii: ".")] || bytes == Array("..".utf8) { continue }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw .unusable(
                    path: path, found: "the name \(bytes.excerpt), which is not UTF-8", expected: "names in UTF-8")
            }
            if name.hasPrefix(".") {
                hidden += 1
                continue
            }
            // DT_DIR and DT_REG of readdir(3); for others the system is asked
            switch Int32(entry.pointee.d_type) {
            case 4: folders.append(name)
            case 8: files.append(name)
            default:
                if try FileStatus("\(path)/\(name)").isFolder { folders.append(name) } else { files.append(name) }
            }
        }
        folders.sort(by: NaturalOrder.precedes)
        files.sort(by: NaturalOrder.precedes)
    }
}

/// What the system says of a file.
struct FileStatus {
    let isFolder, isRegular: Bool
    let size: Int

    /// The status of the file at `path`, or of what a symbolic link leads to.
    init(_ path: String) throws(DatasetError) {
        var information = stat()
        guard stat(path, &information) == 0 else { throw .system(path) }
        let kind = information.st_mode & S_IFMT
        (isFolder, isRegular, size) = (kind == S_IFDIR, kind == S_IFREG, Int(information.st_size))
    }

    /// The size of a regular file that can be read.
    static func readableSize(_ path: String) throws(DatasetError) -> Int {
        let status = try FileStatus(path)
        guard status.isRegular else {
            throw .unusable(
                path: path, found: status.isFolder ? "a folder" : "a pipe, socket or device", expected: "a regular file"
            )
        }
        guard access(path, R_OK) == 0 else { throw .system(path) }
        return status.size
    }
}

extension DatasetError {
    /// The error of the last call of the system, about `path`.
    static func system(_ path: String) -> DatasetError {
        .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
}
