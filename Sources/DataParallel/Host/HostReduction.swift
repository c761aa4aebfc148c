import CKernels
import Communication
import Glibc
import Kernels

/// Sums buckets directly in memory that the ranks of a host share: each rank reads all ranks' slots for its slice of the
/// bucket, and writes the sums where all read them. No message, no copy, no thread.
///
/// Between hosts each host is a party of a message exchange, for which its ranks speak in turn, bucket by bucket, on threads of
/// their own.
///
/// A rank's segment: for each bucket a line with counters (in which step this rank has last filled it, summed its slice of it,
/// exchanged it for its host, and found sums that are not finite), then its slots; what is common begins with the sums of the host's nodes, of which the
/// first is the result. Only the owner writes a counter or a slot; of the sums each rank writes its slices, and the speaker the
/// result of an exchange.
final class HostReduction: BucketReduction {
    let path: ReductionPath
    var isInBackground: Bool { network != nil && work.overlaps }
    let slots: [Buffer]
    var result: Buffer { sums[0] }
    var timings: [BucketTiming] { work.clock.timings }
    var status: RankStatus? {
        get { work.status }
        set { work.status = newValue }
    }

    private let communicator: any Communicator
    /// The ranks of this host, in the order of their shards.
    private let host: any Communicator
    private let memory: SharedMemory
    private let buckets: [Range<Int>]
    /// What goes on between hosts, if there are several.
    private let work: BucketWork
    private let summation: SummationPlan
    /// All slots of the host, in the order of the tree.
    private let pieces: [UnsafePointer<Float>]
    /// The sums of the host's nodes, in the order of the tree.
    private let sums: [Buffer]
    /// The messages between hosts; nil where there is one.
    private let network: Network?
    private(set) var isFinite = true
    private var step: UInt64 = 1
    private var filled = 0
    private var summed = 0
    /// Whether the memory of a slot's bucket goes back to the system once all ranks have summed it.
    private let releasesSlots: Bool
    private var released = 0
    /// Which host gets which sums; nil where all get all.
    private let zero: ZeroPartition?

    private struct Network {
        let exchange: MessageExchange
        /// The ranks of each host.
        let ranksOfHost: [[Int]]

        /// For each host the rank that speaks for it in a bucket: they take turns.
        func speakers(_ bucket: Int) -> [Int] { ranksOfHost.map { $0[bucket % $0.count] } }
    }

    /// The reduction, or nil where the ranks of a host don't share memory, or their shards don't follow each other.
    /// *Collective.*
    static func make(
        communicator: any Communicator, plan: ShardPlan, hosts: HostMap, buckets: [Range<Int>], elements: Int,
        overlaps: Bool, releasesSlots: Bool, zero: ZeroPartition?
    ) throws -> HostReduction? {
        let own = hosts.hostOfRank[communicator.rank]
        guard let layout = Layout(plan: plan, hosts: hosts, buckets: buckets, elements: elements),
            let host = try communicator.split(color: own, key: communicator.rank)
        else { return nil }
        let memory = try SharedMemory.make(
            over: host, bytesPerRank: layout.bytesPerRank(of: own), commonBytes: layout.commonBytes(of: own))
        let haveMemory = try communicator.all(memory != nil)
        guard let memory, haveMemory else { return nil }
        return HostReduction(
            communicator, host, memory, layout, overlaps: overlaps, releasesSlots: releasesSlots, zero: zero)
    }

    /// Which nodes the ranks and the hosts hold, and where their sums lie in a host's memory.
    private struct Layout {
        let plan: ShardPlan
        let hosts: HostMap
        let buckets: [Range<Int>]
        let elements: Int
        let tree: ShardTree
        /// By rank.
        let nodesOfRank: [[Range<Int>]]
        /// By host.
        let ranksOfHost: [[Int]]
        let nodesOfHost: [[Range<Int>]]

        /// The counters of a bucket have a line of their own: 64 bytes, or 128 since lines are fetched in pairs.
        static let lineBytes = 128

        init?(plan: ShardPlan, hosts: HostMap, buckets: [Range<Int>], elements: Int) {
            (self.plan, self.hosts, self.buckets, self.elements) = (plan, hosts, buckets, elements)
            let tree = ShardTree(count: plan.shards)
            self.tree = tree
            nodesOfRank = (0..<plan.ranks).map { tree.wholeNodes(of: plan.run(of: $0)) }
            ranksOfHost = (0..<hosts.count).map { hosts.ranks(of: $0) }
            let runs = ranksOfHost.compactMap { plan.run(of: $0) }
            guard runs.count == hosts.count else { return nil }
            nodesOfHost = runs.map { tree.wholeNodes(of: $0) }
        }

        private var slotBytes: Int { elements * MemoryLayout<Float>.stride }

        func bytesPerRank(of host: Int) -> Int {
            buckets.count * Self.lineBytes + slotBytes * (ranksOfHost[host].map { nodesOfRank[$0].count }.max() ?? 1)
        }

        func commonBytes(of host: Int) -> Int { nodesOfHost[host].count * slotBytes }
    }

    private init(
        _ communicator: any Communicator, _ host: any Communicator, _ memory: SharedMemory, _ layout: Layout,
        overlaps: Bool, releasesSlots: Bool, zero: ZeroPartition?
    ) {
        self.zero = zero
        (self.communicator, self.host, self.memory, buckets) = (communicator, host, memory, layout.buckets)
        self.releasesSlots = releasesSlots
        work = BucketWork(layout.buckets, overlaps: overlaps)
        let own = layout.hosts.hostOfRank[communicator.rank]
        let ranks = layout.ranksOfHost[own]
        func slot(_ member: Int, _ place: Int) -> UnsafeMutablePointer<Float> {
            (memory.segments[member] + layout.buckets.count * Layout.lineBytes)
                .assumingMemoryBound(to: Float.self) + place * layout.elements
        }
        slots = layout.nodesOfRank[communicator.rank].indices.map {
            Buffer(slot(host.rank, $0), count: layout.elements, owner: memory)
        }
        sums = layout.nodesOfHost[own].indices.map {
            Buffer(
                memory.common.assumingMemoryBound(to: Float.self) + $0 * layout.elements, count: layout.elements,
                owner: memory)
        }
        // The host's ranks hold runs of shards that follow each other, rising with the rank.
        let members = ranks.enumerated().flatMap { member, rank in
            layout.nodesOfRank[rank].enumerated().map { (node: $1, slot: UnsafePointer(slot(member, $0))) }
        }
        pieces = members.map(\.slot)
        summation = SummationPlan(nodes: members.map(\.node), roots: layout.nodesOfHost[own])
        guard layout.hosts.count > 1 else {
            (path, network) = (.sharedMemory, nil)
            return
        }
        path = .hosts
        network = Network(
            exchange: MessageExchange(
                communicator: communicator, party: own, nodesOfParty: layout.nodesOfHost, tree: layout.tree),
            ranksOfHost: layout.ranksOfHost)
    }

    private enum Counter: Int {
        case filled, summed, exchanged, notFinite
    }

    private func counter(_ counter: Counter, member: Int, bucket: Int) -> UnsafeMutablePointer<UInt64> {
        (memory.segments[member] + bucket * Layout.lineBytes).assumingMemoryBound(to: UInt64.self) + counter.rawValue
    }

    private func note(_ which: Counter, bucket: Int) {
        lockstep_store_release(counter(which, member: host.rank, bucket: bucket), step)
    }

    private func has(_ which: Counter, member: Int, bucket: Int) -> Bool {
        lockstep_load_acquire(counter(which, member: member, bucket: bucket)) >= step
    }

    /// Whether all counters of the bucket on this host have reached this step.
    private func haveAll(_ which: Counter, bucket: Int) -> Bool {
        (0..<host.size).allSatisfy { has(which, member: $0, bucket: bucket) }
    }

    func fill(_ bucket: Int) {
        note(.filled, bucket: bucket)
        filled = bucket + 1
        if let network { return work.fill(bucket) { [self] in try exchange($0, network) } }
        work.clock.note(\.filled, bucket)
        // What all have filled meanwhile is still in the cache.
        while summed < filled && haveAll(.filled, bucket: summed) { sum(summed) }
        releaseSummed()
    }

    /// Gives back the memory of the slots of the buckets that all ranks have summed.
    private func releaseSummed() {
        guard releasesSlots else { return }
        while released < summed && haveAll(.summed, bucket: released) {
            let range = buckets[released]
            for slot in slots {
                SharedMemory.release(
                    slot.pointer + range.lowerBound, bytes: range.count * MemoryLayout<Float>.stride)
            }
            released += 1
        }
    }

    private func sum(_ bucket: Int) {
        work.clock.note(\.begun, bucket)
        let own = slice(host.rank, of: host.size, in: buckets[bucket])
        let areFinite = summation.sum(
            pieces.map { $0 + own.lowerBound }, into: sums.map { $0.pointer + own.lowerBound }, count: own.count)
        if !areFinite { note(.notFinite, bucket: bucket) }
        note(.summed, bucket: bucket)
        summed = bucket + 1
        work.clock.note(\.done, bucket)
    }

    /// Sums the bucket within the host, and, when it is this rank's turn, with the other hosts.
    private func exchange(_ bucket: Int, _ network: Network) throws {
        let pacing = work.pacing
        releaseSummed()
        try wait(pacing) { haveAll(.filled, bucket: bucket) }
        sum(bucket)
        guard bucket % host.size == host.rank else { return }
        try wait(pacing) { haveAll(.summed, bucket: bucket) }
        let areFinite = try network.exchange.reduce(
            sums, buckets[bucket], into: result, speakers: network.speakers(bucket),
            parts: zero?.parts(ofBucket: bucket), pacing: pacing)
        zero?.releaseForeign(sums, bucket: bucket)
        if !areFinite { note(.notFinite, bucket: bucket) }
        note(.exchanged, bucket: bucket)
        work.clock.note(\.done, bucket)
    }

    func finish() throws {
        if let network {
            try work.finish { try exchange($0, network) }
            // Until all that is exchanged has come, the slots and sums must stay and the result is not whole.
            for bucket in buckets.indices {
                try wait(for: bucket) { has(.exchanged, member: bucket % host.size, bucket: bucket) }
            }
        } else {
            while summed < buckets.count {
                try wait(for: summed) { haveAll(.filled, bucket: summed) }
                sum(summed)
            }
            // Until all have summed, the slots must stay and the result is not whole.
            for bucket in buckets.indices { try wait(for: bucket) { haveAll(.summed, bucket: bucket) } }
        }
        isFinite = !buckets.indices.contains { bucket in
            (0..<host.size).contains { has(.notFinite, member: $0, bucket: bucket) }
        }
        releaseSummed()
        step += 1
        (filled, summed, released) = (0, 0, 0)
    }

    private func wait(for bucket: Int, _ isDone: () -> Bool) throws {
        if isDone() { return }
        status?.set(.exchange, bucket: bucket)
        try waitEagerly(for: communicator, ranks: host.size, until: isDone)
    }

    private func wait(_ pacing: Pacing, until isDone: () -> Bool) throws {
        try DataParallel.wait(pacing, for: communicator, until: isDone)
    }
}

/// Waits for what other ranks write, as `pacing` says; throws when one of them is known to be gone.
private func wait(_ pacing: Pacing, for communicator: any Communicator, until isDone: () -> Bool) throws {
    try pacing.wait {
        if isDone() { return true }
        try communicator.throwIfPeerFailed()
        return false
    }
}

/// Waits for what other ranks of the host write: eagerly at first where each has a core, then giving way.
/// - Parameter ranks: of the host.
func waitEagerly(for communicator: any Communicator, ranks: Int, until isDone: () -> Bool) throws {
    // who waits on a core that another rank needs only makes it later
    for _ in 0..<(ranks <= coreCount ? 2000 : 1) {
        if isDone() { return }
        lockstep_relax()
    }
    try wait(Pacing(isUrgent: true), for: communicator, until: isDone)
}

/// The cores of this host.
private let coreCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
