package import Communication

/// How the ranks' sums of gradients come together. Every path gives the same bits.
public enum ReductionPath: String, Sendable, CaseIterable {
    /// In shared memory within each host and by messages between hosts, where ranks have memory in common; else by messages.
    case automatic
    /// In memory that all ranks share: they are on one host.
    case sharedMemory = "shared_memory"
    /// In shared memory within each host; each host's sums go over the network once.
    case hosts
    /// By messages from rank to rank.
    case messages

    /// The reduction over the ranks of `communicator`. *Collective.*
    /// - Parameters:
    ///   - buckets: elements of the gradient buffer, in the order in which they will be filled.
    ///   - elements: of a gradient buffer.
    ///   - overlaps: whether messages travel while the buckets are being filled, or afterwards.
    ///   - releasesSlots: whether shared memory of a rank's own gradients is given back as soon as they have been summed.
    package func makeReduction(
        communicator: any Communicator, plan: ShardPlan, hosts: HostMap, buckets: [Range<Int>], elements: Int,
        overlaps: Bool, releasesSlots: Bool = false
    ) throws -> any BucketReduction {
        if communicator.size == 1 { return SoloReduction(elements: elements, buckets: buckets) }
        if self == .sharedMemory && hosts.count > 1 {
            throw NoSharedMemory(path: self, ranks: communicator.size, hosts: hosts.count, elements: elements)
        }
        if self != .messages && (self != .automatic || hosts.count < communicator.size) {
            if let reduction = try HostReduction.make(
                communicator: communicator, plan: plan, hosts: hosts, buckets: buckets, elements: elements,
                overlaps: overlaps, releasesSlots: releasesSlots)
            {
                return reduction
            }
            if self != .automatic {
                throw NoSharedMemory(path: self, ranks: communicator.size, hosts: hosts.count, elements: elements)
            }
        }
        return MessageReduction(
            communicator: communicator, plan: plan, buckets: buckets, elements: elements, overlaps: overlaps)
    }
}

/// The ranks were to reduce through shared memory, and have none in common.
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
