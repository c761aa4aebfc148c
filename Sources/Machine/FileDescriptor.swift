import Glibc
import Synchronization

/// A file descriptor (open(2)) that this object owns: it is closed once, by `close` or with the last reference.
package final class FileDescriptor: Sendable {
    private let owned: Atomic<Int32>

    /// Takes over a descriptor that a system call has returned; nil if the call has failed, with the reason in `errno`.
    package init?(owning descriptor: Int32) {
        guard descriptor >= 0 else { return nil }
        owned = Atomic(descriptor)
    }

    deinit { _ = close() }

    /// The descriptor for system calls, valid as long as this object; -1 after `close`.
    package var number: Int32 { owned.load(ordering: .relaxed) }

    /// Closes it, where that has not been done: true if the system reports no error, such as of a delayed write.
    package func close() -> Bool {
        let descriptor = owned.exchange(-1, ordering: .relaxed)
        return descriptor < 0 || Glibc.close(descriptor) == 0
    }

    /// Gives up the descriptor to a library that closes it itself.
    package func release() -> Int32 { owned.exchange(-1, ordering: .relaxed) }

    /// Another descriptor of the same open file; nil if there is none left.
    package func duplicate() -> FileDescriptor? { FileDescriptor(owning: fcntl(number, F_DUPFD_CLOEXEC, 0)) }
}
