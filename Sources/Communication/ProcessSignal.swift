import CKernels
import Glibc

/// A signal by which a process is asked to end: by a user, a batch system or a launcher.
public enum ProcessSignal: Int32, Sendable, CaseIterable, Codable {
    /// SIGTERM: `kill`, `scancel`, a preemption.
    case terminate = 15
    /// SIGINT: Ctrl-C.
    case interrupt = 2
    /// SIGUSR1: Slurm's `--signal=USR1@120`, before the time limit.
    case user1 = 10
    /// SIGHUP: the terminal is gone.
    case hangup = 1

    /// The name in `signal(7)`.
    public var name: String {
        switch self {
        case .terminate: "SIGTERM"
        case .interrupt: "SIGINT"
        case .user1: "SIGUSR1"
        case .hangup: "SIGHUP"
        }
    }

    /// The exit code of a process that a signal has ended, as shells report it: 128 + the signal's number.
    public var exitCode: Int32 { 128 + rawValue }

    /// The first signal that this process has got; nil before. *Local.*
    package static var pending: ProcessSignal? { ProcessSignal(rawValue: lockstep_first_signal()) }

    /// Handles all of them that the process does not ignore: the first ends it with one line and `exitCode`, except within
    /// `noting`; another, a second or more later, does what it does by default. *Local*, once in a process.
    /// - Parameters:
    ///   - delay: seconds before a process ends by the first: others that have got it, too, say so before.
    ///   - ending: see `setEnding`.
    package static func handle(delay: Int32 = 0, ending: String = "") {
        setEnding(ending)
        lockstep_handle_signals(delay)
    }

    /// Sets what a process that ends at once says behind `interrupted by SIGTERM`. *Local.*
    package static func setEnding(_ text: String = "") { lockstep_set_signal_text(text) }

    /// Runs `body`, meanwhile the first signal is only noted: see `pending`. *Local.*
    package static func noting<Value>(_ body: () throws -> Value) rethrows -> Value {
        lockstep_note_signals(1)
        defer { lockstep_note_signals(-1) }
        return try body()
    }
}
