import Foundation

/// Files read and replaced as a whole; every failure is thrown with the path and the system's reason.
enum FileContents {
    /// What the file at `path` holds.
    static func read(_ path: String) throws(RunLogError) -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { close(descriptor) }
        var contents = Data()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("read", path) }
            if count == 0 { return contents }
            contents.append(contentsOf: piece[..<count])
        }
    }

    /// Replaces the file at `path` by one with `contents`: readers see the old or the new, never a part.
    static func replace(_ path: String, with contents: Data) throws(RunLogError) {
        let temporary = path + ".new"
        do throws(RunLogError) {
            let output = try FileOutput(path: temporary, flags: O_TRUNC)
            try output.write(contents)
            try output.flush()
            guard rename(temporary, path) == 0 else { throw .last("replace", path) }
        } catch {
            unlink(temporary)
            throw error
        }
    }
}
