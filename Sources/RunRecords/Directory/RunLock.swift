package import Checkpoints
import Foundation
import Machine
import Synchronization

/// The lock of a run directory, released when this is deinitialized.
///
/// The file `.lock` is made anew by each start, and holds its `StartIdentity`: who no longer finds its own file there
/// has been overtaken, on file systems without locks as well. Any thread may use it.
package final class RunLock: Sendable {
    private let directory: String
    private let start: StartIdentity
    /// The open file, and what it is.
    private let file: Mutex<File>

    private var path: String { directory + "/.lock" }

    private struct File {
        let descriptor: FileDescriptor
        let identity: FileIdentity

        /// Gives up the lock, which a process just forked, with a copy of the descriptor, would hold until its exec.
        func unlock() { flock(descriptor.number, LOCK_UN) }
    }

    /// Takes the lock of `directory` for `start`.
    init(directory: String, start: StartIdentity) throws(RunLogError) {
        (self.directory, self.start) = (directory, start)
        file = Mutex(try Self.take(directory: directory, start: start))
    }

    deinit { file.withLock { $0.unlock() } }

    /// Throws if another start has taken the directory, or somebody has removed it: to be called directly before a
    /// rename.
    package func check() throws(CheckpointError) {
        let own = file.withLock { $0.identity }
        guard let found = FileIdentity(path: path) else {
            throw .refused(attempt: "write into", path: directory, reason: "it was removed")
        }
        guard found == own else { throw .overtaken(reason: "\(overtaken)") }
    }

    /// Makes the directory and its lock again if somebody has removed them; returns whether that was so. Throws if
    /// another start has taken the directory.
    package func restore() throws(RunLogError) -> Bool {
        try file.withLock { (file) throws(RunLogError) in
            if let found = FileIdentity(path: path) {
                guard found == file.identity else { throw overtaken }
                return false
            }
            try RunDirectory.makeDirectories(directory)
            let new = try Self.take(directory: directory, start: start)
            file.unlock()
            file = new
            return true
        }
    }

    private var overtaken: RunLogError {
        let later = (try? FileContents.read(path, limit: Self.longest)).flatMap { StartIdentity(bytes: Array($0)) }
        return .overtaken(directory: directory, by: later?.text, own: start.text)
    }

    /// The most bytes of a lock file.
    private static let longest = 4096

    /// Locks the file that is there, then puts a file of its own in its place, which is locked before it has the name:
    /// who waits for the old one finds that it is no longer `.lock`.
    private static func take(directory: String, start: StartIdentity) throws(RunLogError) -> File {
        let path = directory + "/.lock"
        for _ in 0..<100 {
            // not for others to open: who can open it may hold the lock forever
            let old = try openRegularFile(path, O_RDWR | O_CREAT, mode: 0o600)
            defer { flock(old.number, LOCK_UN) }
            let isHeld = flock(old.number, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
            // another start has put its own there meanwhile
            guard FileIdentity(descriptor: old.number) == FileIdentity(path: path) else { continue }
            let holder = StartIdentity(bytes: contents(of: old.number))
            if isHeld {
                guard let holder, start.overtakes(holder) else { throw .inUse(directory: directory) }
            } else if let holder, holder.overtakes(start) {
                // a leftover that comes late: a later start of its job has been here
                throw .overtaken(directory: directory, by: holder.text, own: start.text)
            }
            return try replace(path, for: start)
        }
        throw .inUse(directory: directory)
    }

    private static func replace(_ path: String, for start: StartIdentity) throws(RunLogError) -> File {
        let temporary = "\(path).\(start.process).\(UInt32.random(in: 0...UInt32.max))"
        let descriptor = try openRegularFile(temporary, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        do throws(RunLogError) {
            fchmod(descriptor.number, 0o600)
            flock(descriptor.number, LOCK_EX | LOCK_NB)
            let bytes = start.bytes
            guard write(descriptor.number, bytes, bytes.count) == bytes.count else { throw .last("write", path) }
            guard rename(temporary, path) == 0 else { throw .last("replace", path) }
            guard let identity = FileIdentity(descriptor: descriptor.number) else { throw .last("inspect", path) }
            return File(descriptor: descriptor, identity: identity)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func contents(of descriptor: CInt) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: longest)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }
}
