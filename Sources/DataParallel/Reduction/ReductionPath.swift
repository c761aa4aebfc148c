import Communication

/// How gradients are all-reduced. All paths give identical bits.
public enum ReductionPath: String, Sendable, CaseIterable {
    /// `hosts` or `sharedMemory` where the ranks of a host share memory, else `messages`.
    case automatic
    /// In shared memory: all ranks are on one host.
    case sharedMemory = "shared_memory"
    /// In shared memory within each host, then by messages between hosts, once for each host.
    case hosts
    /// By point-to-point messages between all ranks.
    case messages
}

/// Shared memory was asked for, and the ranks have none in common.
public struct NoSharedMemory: Error, CustomStringConvertible {
    let path: ReductionPath
    let ranks, hosts, elements: Int

    /// What was asked for, and what to do.
    public var description: String {
        let found =
            path == .sharedMemory && hosts > 1
            ? "the \(ranks) ranks are on \(hosts) hosts; use hosts or automatic"
            : "the ranks of a host share no memory for \(elements * 4) bytes of gradients each: \(SharedMemory.reasonsForNone); free some, let the containers share, or use automatic or messages"
        return "communication.path is \(path.rawValue), but \(found)"
    }
}
