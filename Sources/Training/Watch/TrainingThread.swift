import CKernels
import Glibc

/// The thread that has made this, which another one can look at.
final class TrainingThread: Sendable {
    private let thread: pthread_t

    init() {
        thread = pthread_self()
        lockstep_handle_stack_requests()
    }

    /// Its calls from the innermost on, in words; from another thread of the process, while it lives.
    var stack: [String] {
        var addresses = [UnsafeMutableRawPointer?](repeating: nil, count: 64)
        let count = Int(lockstep_capture_stack(thread, &addresses, Int32(addresses.count)))
        guard count > 0 else { return ["(none: the thread does not answer signals)"] }
        let symbols = Symbols()
        // the first are the handler's own
        return addresses.prefix(count).dropFirst(2).compactMap { $0 }.prefix(40).map {
            symbols.name(UInt(bitPattern: $0))
        }
    }
}
