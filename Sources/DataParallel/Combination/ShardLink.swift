import Communication
import Kernels

/// The messages by which the ranks combine what they hold of each shard. On one rank the same is computed without messages.
///
/// Used by one thread at a time. All calls are *collective*.
final class ShardLink {
    let communicator: any Communicator
    let plan: ShardPlan
    /// For each rank the nodes that it can combine alone.
    let nodesOfRank: [[Range<Int>]]
    /// How the thread waits.
    let pacing: Pacing
    /// What this rank has sent so far.
    private(set) var bytesSent = 0

    private let summation: SummationPlan
    /// By number of shards, how those of one node are summed.
    private let nodeSummations: [Int: SummationPlan]
    // grow to the largest need
    private var outgoing = Buffer(count: 0)
    private var incoming = Buffer(count: 0)
    private var decoded = Buffer(count: 0)

    init(communicator: any Communicator, plan: ShardPlan, pacing: Pacing) {
        (self.communicator, self.plan, self.pacing) = (communicator, plan, pacing)
        let tree = ShardTree(count: plan.shards)
        nodesOfRank = (0..<plan.ranks).map { tree.wholeNodes(of: plan.run(of: $0)) }
        summation = SummationPlan(nodes: nodesOfRank.flatMap { $0 }, roots: [0..<plan.shards])
        nodeSummations = Dictionary(
            nodesOfRank[communicator.rank].map { node in
                let leaves = (0..<node.count).map { $0..<($0 + 1) }
                return (node.count, SummationPlan(nodes: leaves, roots: [0..<node.count]))
            }, uniquingKeysWith: { first, _ in first })
    }

    var rank: Int { communicator.rank }
    /// The shards that this rank holds.
    var localShards: Range<Int> { plan.run(of: rank) }
    /// This rank's nodes, as places among its shards.
    var localNodes: [Range<Int>] {
        let first = localShards.lowerBound
        return nodesOfRank[rank].map { ($0.lowerBound - first)..<($0.upperBound - first) }
    }

    /// Sums `count` elements over all shards along the tree into `result`.
    ///
    /// Each shard's numbers, and the sum at each node of the tree, are rounded to `format`: so the sum depends neither on the
    /// ranks nor on what travels.
    /// - Parameter shards: where the elements of this rank's shards begin; their content is used up.
    func sum(
        _ shards: [UnsafeMutablePointer<Float>], count: Int, format: WireFormat = .float32,
        into result: UnsafeMutablePointer<Float>
    ) throws {
        let nodes = localNodes.map { node in
            let leaves = Array(shards[node])
            if leaves.count > 1 {
                for leaf in leaves { format.round(leaf, count: count) }
                nodeSummations[node.count]?.sum(
                    leaves.map { UnsafePointer($0) }, into: [leaves[0]], count: count, rounding: format)
            }
            return leaves[0]
        }
        let slices = (0..<plan.ranks).map { slice($0, of: plan.ranks, in: 0..<count) }
        let pieces = try allToAll(nodes, slices, format)
        let own = slices[rank]
        summation.sum(
            pieces.map { UnsafePointer($0) }, into: [result + own.lowerBound], count: own.count, rounding: format)
        try allGather(result, slices, format)
    }

    /// Gives each rank its slice of all nodes' elements, in the order of the nodes, to be changed until the next call.
    /// - Parameter nodes: where the elements of this rank's nodes begin; in this rank's slice they are rounded to `format`
    ///   unless there is one rank.
    func allToAll(
        _ nodes: [UnsafeMutablePointer<Float>], _ slices: [Range<Int>], _ format: WireFormat
    ) throws -> [UnsafeMutablePointer<Float>] {
        let own = slices[rank]
        if plan.ranks == 1 { return nodes.map { $0 + own.lowerBound } }
        let foreign = nodesOfRank.reduce(0) { $0 + $1.count } - nodes.count
        let message = format.byteCount(own.count)
        var toSend = Self.bytes(&outgoing, slices.reduce(0) { $0 + format.byteCount($1.count) } * nodes.count)
        var toReceive = Self.bytes(&incoming, foreign * message)
        if decoded.count < foreign * own.count { decoded = Buffer(count: foreign * own.count) }

        var transfers: [Transfer] = []
        for (peer, theirs) in nodesOfRank.enumerated() where peer != rank {
            let (slice, bytes) = (slices[peer], format.byteCount(slices[peer].count))
            for node in nodes where !slice.isEmpty {
                format.encode(node + slice.lowerBound, count: slice.count, into: toSend)
                transfers.append(.send(UnsafeRawBufferPointer(start: toSend, count: bytes), to: peer, tag: 0))
                toSend += bytes
            }
            for _ in theirs where !own.isEmpty {
                transfers.append(
                    .receive(UnsafeMutableRawBufferPointer(start: toReceive, count: message), from: peer, tag: 0))
                toReceive += message
            }
        }
        try exchange(transfers)

        var pieces: [UnsafeMutablePointer<Float>] = []
        var arrived = Self.bytes(&incoming, 0)
        var next = decoded.pointer
        for (peer, theirs) in nodesOfRank.enumerated() {
            if peer == rank {
                for node in nodes { format.round(node + own.lowerBound, count: own.count) }
                pieces += nodes.map { $0 + own.lowerBound }
                continue
            }
            for _ in theirs {
                format.decode(arrived, count: own.count, into: next)
                pieces.append(next)
                arrived += message
                next += own.count
            }
        }
        return pieces
    }

    /// Gives all ranks each rank's slice of `result`, rounded to `format`.
    func allGather(_ result: UnsafeMutablePointer<Float>, _ slices: [Range<Int>], _ format: WireFormat) throws {
        let own = slices[rank]
        if plan.ranks > 1 {
            let message = format.byteCount(own.count)
            let toSend = Self.bytes(&outgoing, message)
            format.encode(result + own.lowerBound, count: own.count, into: toSend)
            let others = slices.indices.filter { $0 != rank }
            var toReceive = Self.bytes(&incoming, others.reduce(0) { $0 + format.byteCount(slices[$1].count) })
            var transfers: [Transfer] = []
            for peer in others where !own.isEmpty {
                transfers.append(.send(UnsafeRawBufferPointer(start: toSend, count: message), to: peer, tag: 0))
            }
            for peer in others where !slices[peer].isEmpty {
                let bytes = format.byteCount(slices[peer].count)
                transfers.append(
                    .receive(UnsafeMutableRawBufferPointer(start: toReceive, count: bytes), from: peer, tag: 0))
                toReceive += bytes
            }
            try exchange(transfers)
            var arrived = Self.bytes(&incoming, 0)
            for peer in others {
                let slice = slices[peer]
                format.decode(arrived, count: slice.count, into: result + slice.lowerBound)
                arrived += format.byteCount(slice.count)
            }
        }
        format.round(result + own.lowerBound, count: own.count)
    }

    /// Gives all ranks the bytes of all shards, which lie one behind the other in `payloads`: each rank has filled in its own.
    func allGather(_ payloads: UnsafeMutableRawPointer, bytesPerShard: Int) throws {
        try allGather(
            payloads,
            (0..<plan.ranks).map { rank in
                let run = plan.run(of: rank)
                return (run.lowerBound * bytesPerShard)..<(run.upperBound * bytesPerShard)
            })
    }

    /// Gives all ranks the bytes of each rank, which lie at these places of `payloads`.
    func allGather(_ payloads: UnsafeMutableRawPointer, _ parts: [Range<Int>]) throws {
        func bytes(_ rank: Int) -> UnsafeMutableRawBufferPointer {
            UnsafeMutableRawBufferPointer(start: payloads + parts[rank].lowerBound, count: parts[rank].count)
        }
        var transfers: [Transfer] = []
        for peer in parts.indices where peer != rank {
            if !parts[rank].isEmpty { transfers.append(.send(UnsafeRawBufferPointer(bytes(rank)), to: peer, tag: 0)) }
            if !parts[peer].isEmpty { transfers.append(.receive(bytes(peer), from: peer, tag: 0)) }
        }
        try exchange(transfers)
    }

    private func exchange(_ transfers: [Transfer]) throws {
        if transfers.isEmpty { return }
        for case .send(let bytes, _, _) in transfers { bytesSent += bytes.count }
        try communicator.exchange(transfers, pacing: pacing)
    }

    /// The bytes of a buffer that is made larger when it has fewer than `count`.
    private static func bytes(_ buffer: inout Buffer, _ count: Int) -> UnsafeMutableRawPointer {
        if buffer.count * 4 < count { buffer = Buffer(count: (count + 3) / 4) }
        return UnsafeMutableRawPointer(buffer.pointer)
    }
}
