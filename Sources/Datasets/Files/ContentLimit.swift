import Foundation
import Machine

/// How much of a file's content is kept in memory at most, whatever the file claims or decompresses to.
package struct ContentLimit: Sendable {
    /// The most bytes.
    package let bytes: Int

    /// Half of the memory that is available to this process: the other half is for what is made of the content.
    package init() { bytes = Int(clamping: MemoryLimit.available().bytes / 2) }

    /// A limit of `bytes`.
    package init(bytes: Int) { self.bytes = bytes }

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
