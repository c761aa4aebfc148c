import Foundation
import Machine

/// How much of a file's content is kept in memory at most, whatever the file claims or decompresses to.
package struct ContentLimit: Sendable {
    /// The most bytes.
    package let bytes: Int

    /// Half of the memory that is available to this process: the other half is for what is made of the content.
    package init() { self.init(bytes: Int(clamping: MemoryLimit.available().bytes / 2)) }

    /// The folder of a file on a disk for content that may be larger than memory; nil: it is in memory.
    let folder: String?

    /// No limit, for content that goes to a file on a disk.
    package init(onDisk folder: String) { (bytes, self.folder) = (.max, folder) }

    /// A limit of `bytes`.
    package init(bytes: Int) { (self.bytes, folder) = (bytes, nil) }

    /// Throws if `count` bytes of the content of the file at `path` are more than the limit.
    package func check(_ count: Int, of path: String) throws(DatasetError) {
        guard count > bytes else { return }
        let gibibytes = String(format: "%.2f", Double(bytes) / 1_073_741_824)
        throw .unusable(
            path: path, found: "more than \(gibibytes) GiB of content",
            expected: "at most that, half of the memory that is available; use a part of it, or a host with more memory"
        )
    }
}
