import CKernels
import Communication
import Kernels

/// Sums a part of the ranks' buffers along the shard tree, with point-to-point messages: each rank collects one slice of the
/// part from all, sums it in the order of the tree, and gives the sum to all. The volume is that of a ring.
final class TreeReduction {
    private let communicator: any Communicator
    private let tree: ShardTree
    /// For each rank the nodes of its slots.
    private let nodesOfRank: [[Range<Int>]]
    /// The sums of other ranks' nodes for this rank's slice, one after the other; grows to the largest bucket's need.
    private var received = Buffer(count: 0)
    private var scratch: [Buffer] = []

    init(communicator: any Communicator, plan: ShardPlan) {
        self.communicator = communicator
        let tree = ShardTree(count: plan.shards)
        self.tree = tree
        nodesOfRank = (0..<plan.ranks).map { tree.wholeNodes(of: plan.run(of: $0)) }
    }

    /// Puts the sum of all ranks' slots into `result`, for the elements `range`. *Collective.*
    /// - Parameters:
    ///   - slots: this rank's sums, one buffer for each of its nodes.
    ///   - result: of the same layout; may be one of the slots.
    func reduce(_ slots: [Buffer], range: Range<Int>, into result: Buffer, pacing: Pacing) throws {
        let rank = communicator.rank
        let slices = (0..<communicator.size).map { slice($0, of: range) }
        let own = slices[rank]
        reserve(slice: own.count)

        // 1. Each slice goes to its owner.
        var transfers: [Transfer] = []
        var pieces: [Range<Int>: UnsafePointer<Float>] = [:]
        var place = 0
        for (peer, nodes) in nodesOfRank.enumerated() {
            for (slot, node) in nodes.enumerated() {
                if peer == rank {
                    pieces[node] = UnsafePointer(slots[slot].pointer + own.lowerBound)
                } else {
                    let target = received.pointer + place * own.count
                    pieces[node] = UnsafePointer(target)
                    place += 1
                    transfers.append(.receive(bytes(target, own.count), from: peer, tag: slot))
                }
            }
            guard peer != rank else { continue }
            for (slot, buffer) in slots.prefix(nodesOfRank[rank].count).enumerated() {
                let part = bytes(buffer.pointer + slices[peer].lowerBound, slices[peer].count)
                transfers.append(.send(UnsafeRawBufferPointer(part), to: peer, tag: slot))
            }
        }
        try communicator.exchange(transfers, pacing: pacing)

        // 2. The owner sums along the tree.
        sum(0..<tree.count, pieces, into: result.pointer + own.lowerBound, count: own.count, depth: 0)

        // 3. The sums go to all.
        transfers = []
        for (peer, slice) in slices.enumerated() where peer != rank {
            let sum = bytes(result.pointer + own.lowerBound, own.count)
            transfers.append(.send(UnsafeRawBufferPointer(sum), to: peer, tag: 0))
            transfers.append(.receive(bytes(result.pointer + slice.lowerBound, slice.count), from: peer, tag: 0))
        }
        try communicator.exchange(transfers, pacing: pacing)
    }

    /// The part of `range` that `rank` sums; slices begin at multiples of 16 elements.
    private func slice(_ rank: Int, of range: Range<Int>) -> Range<Int> {
        let length = (range.count + communicator.size - 1) / communicator.size
        let aligned = (length + 15) / 16 * 16
        let start = min(range.lowerBound + rank * aligned, range.upperBound)
        return start..<min(start + aligned, range.upperBound)
    }

    private func reserve(slice count: Int) {
        let foreign = nodesOfRank.enumerated().reduce(0) {
            $0 + ($1.offset == communicator.rank ? 0 : $1.element.count)
        }
        if received.count < foreign * count { received = Buffer(count: foreign * count) }
    }

    /// Sums the pieces that make up `node` into `out`, which may be one of the pieces of this node.
    private func sum(
        _ node: Range<Int>, _ pieces: [Range<Int>: UnsafePointer<Float>], into out: UnsafeMutablePointer<Float>,
        count: Int, depth: Int
    ) {
        if let piece = pieces[node] {
            if piece != UnsafePointer(out) { out.update(from: piece, count: count) }
            return
        }
        let (left, right) = ShardTree.parts(of: node)
        switch (pieces[left], pieces[right]) {
        case (let a?, let b?): lockstep_add(a, b, out, count)
        case (let a?, nil):
            let partial = scratchPointer(depth, count)
            sum(right, pieces, into: partial, count: count, depth: depth + 1)
            lockstep_add(a, partial, out, count)
        case (nil, let b?):
            let partial = scratchPointer(depth, count)
            sum(left, pieces, into: partial, count: count, depth: depth + 1)
            lockstep_add(partial, b, out, count)
        case (nil, nil):
            let (partialLeft, partialRight) = (scratchPointer(depth, count), scratchPointer(depth + 1, count))
            sum(left, pieces, into: partialLeft, count: count, depth: depth + 2)
            sum(right, pieces, into: partialRight, count: count, depth: depth + 2)
            lockstep_add(partialLeft, partialRight, out, count)
        }
    }

    private func scratchPointer(_ depth: Int, _ count: Int) -> UnsafeMutablePointer<Float> {
        while scratch.count <= depth { scratch.append(Buffer(count: count)) }
        if scratch[depth].count < count { scratch[depth] = Buffer(count: count) }
        return scratch[depth].pointer
    }

    private func bytes(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: pointer, count: count * MemoryLayout<Float>.stride)
    }
}
