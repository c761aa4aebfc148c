import Communication
import Kernels

/// The messages by which parties sum one bucket after the other: each party collects one slice of the bucket from all, sums it
/// in the order of the tree, and gives the sum to all. The volume is that of a ring.
///
/// A party is one rank, or the ranks of a host, of which one at a time speaks for all. Used by one thread at a time.
final class MessageExchange {
    private let communicator: any Communicator
    /// This rank's party.
    private let party: Int
    /// For each party the nodes whose sums it holds, in their order.
    private let nodesOfParty: [[Range<Int>]]
    private let summation: SummationPlan
    /// The sums of other parties' nodes for this party's slice, one after the other; grows to the largest bucket's need.
    private var received = Buffer(count: 0)

    init(communicator: any Communicator, party: Int, nodesOfParty: [[Range<Int>]], tree: ShardTree) {
        (self.communicator, self.party, self.nodesOfParty) = (communicator, party, nodesOfParty)
        summation = SummationPlan(nodes: nodesOfParty.flatMap { $0 }, roots: [0..<tree.count])
    }

    /// Sums a bucket of all parties. *Collective among the speakers.*
    /// - Parameters:
    ///   - sums: of this party's nodes.
    ///   - result: where the sums over all parties go; may be one of `sums`.
    ///   - speakers: for each party the rank that speaks for it in this bucket.
    ///   - parts: for each party the elements whose sums it alone gets; nil where all get all.
    /// - Returns: whether all sums that this party gets are finite.
    func reduce(
        _ sums: [Buffer], _ range: Range<Int>, into result: Buffer, speakers: [Int], parts: [Range<Int>]? = nil,
        pacing: Pacing
    ) throws -> Bool {
        let slices = parts ?? nodesOfParty.indices.map { slice($0, of: nodesOfParty.count, in: range) }
        let own = slices[party]
        let foreign = nodesOfParty.reduce(0) { $0 + $1.count } - sums.count
        if received.count < foreign * own.count { received = Buffer(count: foreign * own.count) }

        // 1. Each slice goes to the party that sums it.
        var transfers: [Transfer] = []
        var pieces: [UnsafePointer<Float>] = []
        var next = received.pointer
        for (peer, nodes) in nodesOfParty.enumerated() {
            if peer == party {
                pieces += sums.map { UnsafePointer($0.pointer + own.lowerBound) }
                continue
            }
            for node in nodes.indices {
                pieces.append(UnsafePointer(next))
                transfers.append(.receive(bytes(next, own.count), from: speakers[peer], tag: node))
                next += own.count
            }
            for (node, buffer) in sums.enumerated() {
                let part = bytes(buffer.pointer + slices[peer].lowerBound, slices[peer].count)
                transfers.append(.send(UnsafeRawBufferPointer(part), to: speakers[peer], tag: node))
            }
        }
        try communicator.exchange(transfers, pacing: pacing)

        // 2. That party sums along the tree.
        let target = result.pointer + own.lowerBound
        let areFinite = summation.sum(pieces, into: [target], count: own.count)

        // 3. The sums go to all, unless each party keeps its own.
        if parts != nil { return areFinite }
        transfers = []
        for (peer, slice) in slices.enumerated() where peer != party {
            transfers.append(.send(UnsafeRawBufferPointer(bytes(target, own.count)), to: speakers[peer], tag: 0))
            transfers.append(
                .receive(bytes(result.pointer + slice.lowerBound, slice.count), from: speakers[peer], tag: 0))
        }
        try communicator.exchange(transfers, pacing: pacing)
        return areFinite && slices.indices.allSatisfy { $0 == party || result.isFinite(in: slices[$0]) }
    }

    private func bytes(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: pointer, count: count * MemoryLayout<Float>.stride)
    }
}
