public import Communication
import Kernels
import Preconditions
public import TensorEngine

/// Collectives on one tensor of each logical shard: their results depend on the shards alone, not on which rank has them.
///
/// Sums are added along the shard tree, as the gradients of a step are, and concatenations follow the order of the shards; so all
/// ranks, and any number of ranks, have the same bits. For sums and exchanges outside of a step, such as federated averages; within
/// one, shards use `ForwardContext.allGather` and `allReduce`. Used by one thread at a time.
public final class ShardCollectives {
    /// The shards that this rank has.
    public let localShards: Range<Int>

    private let communicator: any Communicator
    private let plan: ShardPlan
    /// For each rank the nodes of the tree that it can sum alone.
    private let nodesOfRank: [[Range<Int>]]
    /// How this rank's shards are summed to its nodes.
    private let localSummation: SummationPlan
    /// How the nodes of all ranks are summed.
    private let summation: SummationPlan
    private let messages: MessageExchange
    /// Up to so many bytes of a rank travel with what is said of them; more, by messages of their own.
    private static let inlineBytes = 1 << 16

    /// Collectives over the shards of `plan`, which is one for the ranks of `communicator`. *Local.*
    public init(over communicator: any Communicator, plan: ShardPlan) {
        require(
            plan.ranks == communicator.size,
            "ShardCollectives: the plan is for \(plan.ranks) ranks, the communicator has \(communicator.size)")
        (self.communicator, self.plan) = (communicator, plan)
        localShards = plan.run(of: communicator.rank)
        let tree = ShardTree(count: plan.shards)
        let nodesOfRank = (0..<plan.ranks).map { tree.wholeNodes(of: plan.run(of: $0)) }
        self.nodesOfRank = nodesOfRank
        localSummation = SummationPlan(
            nodes: localShards.map { $0..<($0 + 1) }, roots: nodesOfRank[communicator.rank])
        summation = SummationPlan(nodes: nodesOfRank.flatMap { $0 }, roots: [0..<plan.shards])
        messages = MessageExchange(
            communicator: communicator, party: communicator.rank, nodesOfParty: nodesOfRank, tree: tree)
    }

    /// The element-wise sum over all shards, along the shard tree, on every rank. *Collective.*
    /// - Parameter tensors: for each of this rank's shards, in order, a tensor of one shape, or nil for zeros; some shard has one.
    public func allReduce(_ tensors: [Tensor?]) throws -> Tensor {
        guard let sum = try run(calls(.allReduce, tensors)).answers?.tensor else {
            throw NoTensors(collective: "allReduce")
        }
        return sum
    }

    /// The rows (first axis) of all shards' tensors, concatenated in the order of the shards, on every rank. *Collective.*
    /// - Parameter tensors: for each of this rank's shards, in order, a tensor, or nil for no rows; some shard has one. All axes but
    ///   the first are equal.
    public func allGather(_ tensors: [Tensor?]) throws -> (tensor: Tensor, rowsOfShard: [Range<Int>]) {
        guard let rows = try run(calls(.allGather, tensors)).answers else { throw NoTensors(collective: "allGather") }
        return (rows.tensor, rows.rowsOfShard)
    }

    private func calls(_ kind: ShardCall.Kind, _ tensors: [Tensor?]) -> [ShardCall] {
        require(
            tensors.count == localShards.count,
            "ShardCollectives: \(tensors.count) tensors were given for \(localShards.count) shards")
        return tensors.map { $0.map { .call(kind, $0.detached) } ?? .absent }
    }

    /// What the shards' calls come to, the same on all ranks.
    enum Round {
        /// A tensor for all shards, or of a `reduceScatter` for this rank's; and of all rows whose they are.
        case answered(Tensor, rowsOfShard: [Range<Int>])
        /// The passes of all shards are over, or none has anything.
        case ended

        var answers: (tensor: Tensor, rowsOfShard: [Range<Int>])? {
            if case .answered(let tensor, let rows) = self { (tensor, rows) } else { nil }
        }
    }

    /// Carries out the call that all shards make. *Collective.*
    ///
    /// Throws on every rank the same `RankFailure` where a shard has failed or the calls do not match.
    /// - Parameter calls: those of this rank's shards, in order.
    func run(_ calls: [ShardCall]) throws -> Round {
        // 1. All ranks learn what all shards are about, and the elements where they are few.
        let payload = payload(of: calls)
        let isInline = payload.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride <= Self.inlineBytes
        let message = ShardMessage.bytes(calls, payload, isInline: isInline)
        let received = try communicator.allGather(message).enumerated().map { rank, bytes in
            try ShardMessage(bytes, shards: plan.run(of: rank).count, rank: rank)
        }
        let headers = plan.byShard(received.map(\.headers))

        // 2. All ranks judge alike.
        if headers.contains(where: { $0.state == .failed }) { throw try failure(of: calls) }
        guard let first = headers.firstIndex(where: { $0.state != .absent }) else { return .ended }
        if let other = headers.firstIndex(where: { $0.state != .absent && !$0.matches(headers[first]) }) {
            throw unanimous(
                ShardCallMismatch(
                    first: first, second: other, firstCall: headers[first].description,
                    secondCall: headers[other].description))
        }
        if headers[first].state == .ended { return .ended }

        // 3. The elements.
        switch headers[first].kind {
        case .allGather: return try gather(headers, like: headers[first].sizes, payload, received)
        case .allReduce, .reduceScatter:
            let shape = Shape(headers[first].sizes)
            let nodes =
                payload.isEmpty
                ? nodesOfRank[communicator.rank].map { _ in Buffer(repeating: 0, count: shape.count) } : payload
            if headers[first].kind == .allReduce {
                return .answered(try sum(nodes, shape, received), rowsOfShard: [])
            }
            let rows = Self.rows(headers) { $0.rows.count }
            return .answered(try scatter(nodes, shape, received, rows), rowsOfShard: rows)
        }
    }

    /// What this rank sends of its shards: their rows, or the sums of its nodes; nothing where no shard has anything.
    private func payload(of calls: [ShardCall]) -> [Buffer] {
        guard case .call(let kind, let example, _, _)? = calls.first(where: { $0.tensor != nil }) else { return [] }
        if kind == .allGather { return calls.compactMap { $0.tensor?.buffer } }
        // shards that differ in shape are refused before the sums are used
        let count = example.shape.count
        guard calls.allSatisfy({ ($0.tensor?.shape.count ?? count) == count }) else { return [] }
        let zeros = Buffer(repeating: 0, count: calls.contains { $0.tensor == nil } ? count : 0)
        let sums = nodesOfRank[communicator.rank].map { _ in Buffer(count: count) }
        localSummation.sum(
            calls.map { UnsafePointer(($0.tensor?.buffer ?? zeros).pointer) }, into: sums.map(\.pointer), count: count)
        return withExtendedLifetime(zeros) { sums }
    }

    /// Why a shard has failed: on every rank the same. *Collective.*
    private func failure(of calls: [ShardCall]) throws -> RankFailure {
        let own = calls.compactMap { if case .failed(let message) = $0 { message } else { nil } }.first
        let all = try communicator.allGather(value: own)
        let rank = all.firstIndex { $0 != nil } ?? 0
        let failedRanks = all.count { $0 != nil }
        return RankFailure(
            rank: rank, message: (all[rank] ?? nil) ?? "", failedRanks: max(1, failedRanks), size: communicator.size,
            isUnanimous: failedRanks == all.count && Set(all).count == 1)
    }

    private func unanimous(_ mismatch: ShardCallMismatch) -> RankFailure {
        RankFailure(
            rank: 0, message: "\(mismatch)", failedRanks: communicator.size, size: communicator.size, isUnanimous: true,
            cause: mismatch)
    }

    /// For each shard its rows, of which those that take part have `count`.
    private static func rows(_ headers: [ShardCallHeader], _ count: (ShardCallHeader) -> Int) -> [Range<Int>] {
        var row = 0
        return headers.map { header in
            let start = row
            row += header.state == .call ? count(header) : 0
            return start..<row
        }
    }

    private func gather(
        _ headers: [ShardCallHeader], like sizes: [Int], _ payload: [Buffer], _ received: [ShardMessage]
    ) throws -> Round {
        let rowsOfShard = Self.rows(headers) { $0.sizes[0] }
        let shape = Shape([rowsOfShard.last?.upperBound ?? 0] + sizes.dropFirst())
        let rowCount = sizes.dropFirst().reduce(1, *)
        let result = Buffer(count: shape.count)
        func elements(of rank: Int) -> Range<Int> { self.elements(of: rank, rowsOfShard, rowCount) }
        var place = result.pointer + elements(of: communicator.rank).lowerBound
        for piece in payload {
            place.update(from: piece.pointer, count: piece.count)
            place += piece.count
        }
        var transfers: [Transfer] = []
        for (rank, message) in received.enumerated() where rank != communicator.rank {
            let theirs = elements(of: rank)
            let target = bytes(result, theirs)
            if message.isInline {
                message.copyPayload(to: target)
            } else {
                transfers.append(.receive(target, from: rank, tag: 0))
            }
            if !received[communicator.rank].isInline {
                transfers.append(
                    .send(UnsafeRawBufferPointer(bytes(result, elements(of: communicator.rank))), to: rank, tag: 0))
            }
        }
        if !transfers.isEmpty { try communicator.exchange(transfers) }
        return .answered(Tensor(buffer: result, shape: shape), rowsOfShard: rowsOfShard)
    }

    /// Where the rows of a rank's shards lie among those of all, each of `rowCount` elements.
    private func elements(of rank: Int, _ rowsOfShard: [Range<Int>], _ rowCount: Int) -> Range<Int> {
        let shards = plan.run(of: rank)
        return
            (rowsOfShard[shards.lowerBound].lowerBound * rowCount)..<(rowsOfShard[shards.upperBound - 1].upperBound
            * rowCount)
    }

    private func bytes(_ buffer: Buffer, _ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            start: buffer.pointer + range.lowerBound, count: range.count * MemoryLayout<Float>.stride)
    }

    /// The sums of all ranks' nodes.
    private func sum(_ nodes: [Buffer], _ shape: Shape, _ received: [ShardMessage]) throws -> Tensor {
        let result = Buffer(count: shape.count)
        if isEveryInline(shape.count) {
            let all = received.enumerated().flatMap { rank, message in
                message.nodes(nodesOfRank[rank].count, count: shape.count)
            }
            summation.sum(all.map { UnsafePointer($0.pointer) }, into: [result.pointer], count: shape.count)
            return withExtendedLifetime(all) { Tensor(buffer: result, shape: shape) }
        }
        if communicator.size == 1 {
            summation.sum(nodes.map { UnsafePointer($0.pointer) }, into: [result.pointer], count: shape.count)
        } else {
            _ = try messages.reduce(
                nodes, 0..<shape.count, into: result, speakers: Array(0..<plan.ranks), pacing: Pacing(isUrgent: true))
        }
        return Tensor(buffer: result, shape: shape)
    }

    /// Whether the sums of each rank's nodes, of so many elements, travel with what is said of them.
    private func isEveryInline(_ count: Int) -> Bool {
        nodesOfRank.allSatisfy { $0.count * count * MemoryLayout<Float>.stride <= Self.inlineBytes }
    }

    /// The rows of this rank's shards of the sums of all ranks' nodes.
    private func scatter(
        _ nodes: [Buffer], _ shape: Shape, _ received: [ShardMessage], _ rowsOfShard: [Range<Int>]
    ) throws -> Tensor {
        let rowCount = shape.sizes.dropFirst().reduce(1, *)
        func elements(of rank: Int) -> Range<Int> { self.elements(of: rank, rowsOfShard, rowCount) }
        let own = elements(of: communicator.rank)
        let result = Buffer(count: own.count)
        var pieces: [Buffer] = []
        if isEveryInline(shape.count) {
            pieces = received.enumerated().flatMap { rank, message in
                message.nodes(nodesOfRank[rank].count, count: shape.count).map { Buffer(sliceOf: $0, own) }
            }
        } else {
            var transfers: [Transfer] = []
            for rank in 0..<plan.ranks {
                if rank == communicator.rank {
                    pieces += nodes.map { Buffer(sliceOf: $0, own) }
                    continue
                }
                let arriving = nodesOfRank[rank].map { _ in Buffer(count: own.count) }
                pieces += arriving
                for (tag, buffer) in arriving.enumerated() where !own.isEmpty {
                    transfers.append(.receive(bytes(buffer, 0..<own.count), from: rank, tag: tag))
                }
                let theirs = elements(of: rank)
                for (tag, node) in nodes.enumerated() where !theirs.isEmpty {
                    transfers.append(.send(UnsafeRawBufferPointer(bytes(node, theirs)), to: rank, tag: tag))
                }
            }
            if !transfers.isEmpty { try communicator.exchange(transfers) }
        }
        summation.sum(pieces.map { UnsafePointer($0.pointer) }, into: [result.pointer], count: own.count)
        return withExtendedLifetime(pieces) {
            Tensor(buffer: result, shape: Shape([own.count / max(1, rowCount)] + shape.sizes.dropFirst()))
        }
    }
}
