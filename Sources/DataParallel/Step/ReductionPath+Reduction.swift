package import Communication

extension ReductionPath {
    /// The reduction over the ranks of `communicator`. *Collective.*
    /// - Parameters:
    ///   - buckets: elements of the gradient buffer, in the order in which they will be filled.
    ///   - elements: of a gradient buffer.
    ///   - overlaps: whether messages travel while the buckets are being filled, or afterwards.
    ///   - zero: which host, or rank where the path is messages, gets which sums; nil where all get all.
    ///   - releasesSlots: whether shared memory of a rank's own gradients is given back as soon as they have been summed.
    package func makeReduction(
        communicator: any Communicator, plan: ShardPlan, hosts: HostMap, buckets: [Range<Int>], elements: Int,
        overlaps: Bool, releasesSlots: Bool = false, zero: ZeroPartition? = nil
    ) throws -> any BucketReduction {
        if communicator.size == 1 { return SoloReduction(elements: elements, buckets: buckets) }
        if self == .sharedMemory && hosts.count > 1 {
            throw NoSharedMemory(path: self, ranks: communicator.size, hosts: hosts.count, elements: elements)
        }
        if self != .messages && (self != .automatic || hosts.count < communicator.size) {
            if let reduction = try HostReduction.make(
                communicator: communicator, plan: plan, hosts: hosts, buckets: buckets, elements: elements,
                overlaps: overlaps, releasesSlots: releasesSlots, zero: zero)
            {
                return reduction
            }
            if self != .automatic {
                throw NoSharedMemory(path: self, ranks: communicator.size, hosts: hosts.count, elements: elements)
            }
        }
        return MessageReduction(
            communicator: communicator, plan: plan, buckets: buckets, elements: elements, overlaps: overlaps, zero: zero
        )
    }
}
