import Glibc
import Machine

/// The few calls on folders that a checkpoint store needs, with errors that name the path.
package enum FileSystem {
    /// Whether there is anything of that name.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in a folder, in no order; nil if there is no such folder.
    static func names(in folder: String) throws(CheckpointError) -> [String]? {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return nil }
            throw .refusal(to: "list", folder)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            guard let text = UnsafeRawPointer(entry.pointer(to: \.d_name)) else { continue }
            let name = String(cString: text.assumingMemoryBound(to: CChar.self))
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw .refusal(to: "list", folder) }
        return names
    }

    /// Creates a folder, and those above it that are missing, so that they survive a power failure. Who may enter them
    /// follows the umask.
    static func createFolder(_ path: String) throws(CheckpointError) {
        if mkdir(path, 0o777) == 0 { return try synchronize(folder: parent(of: path)) }
        switch errno {
        case EEXIST:
            guard try names(in: path) != nil else { throw .refusal(to: "list", path) }
        case ENOENT where parent(of: path) != path:
            try createFolder(parent(of: path))
            guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw .refusal(to: "create", path) }
            try synchronize(folder: parent(of: path))
        default: throw .refusal(to: "create", path)
        }
    }

    /// Creates a folder of which there must be nothing yet, a link neither.
    static func createNewFolder(_ path: String) throws(CheckpointError) {
        guard mkdir(path, 0o777) == 0 else { throw .refusal(to: "create", path) }
    }

    /// Throws if there is a symbolic link at `path`: what is written or removed below it would be somewhere else.
    package static func checkIsNoLink(_ path: String) throws(CheckpointError) {
        guard let target = try target(ofLink: path) else { return }
        throw .unusable(path: path, found: "a symbolic link to \(target)", expected: "a folder of this run's own")
    }

    /// Renames within one file system; an existing file or empty folder at `new` is replaced.
    static func rename(_ old: String, to new: String) throws(CheckpointError) {
        guard Glibc.rename(old, new) == 0 else { throw .refusal(to: "rename \(old) to", new) }
    }

    /// What a symbolic link leads to; nil if there is no link of that name.
    static func target(ofLink path: String) throws(CheckpointError) -> String? {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &target, target.count)
        if count < 0, errno == ENOENT || errno == EINVAL || errno == ENOTDIR { return nil }
        guard count >= 0 else { throw .refusal(to: "read the link", path) }
        return String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Makes a symbolic link, in place of the one that is there.
    static func replaceLink(_ path: String, to target: String) throws(CheckpointError) {
        let temporary = "\(path).new"
        try remove(temporary)
        guard symlink(target, temporary) == 0 else { throw .refusal(to: "make the link", temporary) }
        try rename(temporary, to: path)
    }

    /// Removes a file, or a folder with all that is in it; it is no error when it is not there.
    static func remove(_ path: String) throws(CheckpointError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard errno == EISDIR else { throw .refusal(to: "remove", path) }
        for name in try names(in: path) ?? [] { try remove("\(path)/\(name)") }
        guard rmdir(path) == 0 || errno == ENOENT else { throw .refusal(to: "remove", path) }
    }

    /// Waits until the names in a folder are on the disk.
    static func synchronize(folder: String) throws(CheckpointError) {
        guard let file = FileDescriptor(owning: open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
            throw .refusal(to: "open", folder)
        }
        // Some network file systems have no such operation on folders, and say EINVAL.
        guard uninterrupted({ Int(fsync(file.number)) }) == 0 || errno == EINVAL else {
            throw .refusal(to: "flush", folder)
        }
    }

    /// The path without its last component.
    static func parent(of path: String) -> String {
        let trimmed = path.trimmingTrailingSlashes
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash]).trimmingTrailingSlashes
    }
}

extension String {
    /// The path without slashes at its end, other than the root itself.
    var trimmingTrailingSlashes: String {
        var path = self[...]
        while path.count > 1 && path.last == "/" { path.removeLast() }
        return String(path)
    }
}
