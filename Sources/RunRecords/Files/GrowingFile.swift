import Foundation

/// A file that only grows: what cannot be written is kept, and written with the next bytes; a file that was removed is
/// made again with all of its bytes.
final class GrowingFile {
    let path: String
    private var output: FileOutput
    /// What could not be written yet.
    private var pending = Data()
    /// The most bytes of that; beyond it they are lost.
    private static let longestPending = 1 << 26

    /// Opens the file at `path`, and makes it if there is none.
    init(path: String) throws(RunLogError) {
        self.path = path
        output = try FileOutput(path: path, flags: O_APPEND)
    }

    /// Appends `bytes` as a whole.
    func append(_ bytes: Data) throws(RunLogError) {
        if pending.count + bytes.count <= Self.longestPending { pending += bytes }
        if !output.isInPlace { try reopen() }
        try output.writeWhole(pending)
        pending = Data()
    }

    /// Opens the file that has the name now; where there is none, it gets the bytes of the one that had it.
    private func reopen() throws(RunLogError) {
        let isGone = !FileContents.exists(path)
        let new = try FileOutput(path: path, flags: O_APPEND)
        if isGone {
            do {
                try new.writeWhole(try output.contents())
            } catch {
                unlink(path)
                throw error
            }
        }
        output = new
    }
}
