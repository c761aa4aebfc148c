package import Checkpoints
import Foundation

/// Keeps a run directory usable for its writer: knows when another start has taken it, and makes it again when somebody
/// has removed it in mid-run. Any thread may use it.
package final class RunDirectoryKeeper: Sendable {
    package let directory: RunDirectory
    private let lock: RunLock
    /// The files that were written when the run started, with their bytes.
    private let files: [(path: String, contents: Data)]

    /// Keeps `directory` with its settings and manifest, which have been written.
    package init(_ directory: RunDirectory, _ lock: RunLock) throws(RunLogError) {
        (self.directory, self.lock) = (directory, lock)
        var files: [(path: String, contents: Data)] = []
        for path in [directory.settingsPath, directory.manifestPath] where FileContents.exists(path) {
            files.append((path, try FileContents.read(path)))
        }
        self.files = files
    }

    /// Throws `CheckpointError.overtaken` if another start has taken the directory.
    package var fence: CheckpointStore.Fence {
        { [lock] () throws(CheckpointError) in try lock.check() }
    }

    /// Makes the directory again if it was removed; returns whether that was so. Throws if another start has taken it.
    package func restore() throws(RunLogError) -> Bool {
        guard try lock.restore() else { return false }
        for file in files where !FileContents.exists(file.path) {
            try FileContents.replace(file.path, with: file.contents)
        }
        return true
    }

    /// What to say of a directory that was made again.
    package var restoredText: String {
        "\(directory.path) was removed while the run goes on: it was made again, with settings, manifest and records, and without the earlier checkpoints"
    }
}
