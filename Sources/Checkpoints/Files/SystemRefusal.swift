import Glibc

extension CheckpointError {
    /// The refusal that `errno` holds now; to be called directly after the call that failed.
    static func refusal(to attempt: String, _ path: String) -> CheckpointError {
        .refused(attempt: attempt, path: path, reason: String(cString: strerror(errno)))
    }
}

/// The result of a system call, repeated while a signal interrupts it; negative when it failed for another reason.
func uninterrupted(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
