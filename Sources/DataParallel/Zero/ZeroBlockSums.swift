import CKernels
import Communication
package import Kernels

/// How sums of squares over some spans come from the blocks that they are made of, each summed by a party that has it.
struct ZeroBlockSums {
    /// A block that has to be summed, by a rank of the party that has its first element.
    struct Block {
        let range: Range<Int>
        let summer: Int
        /// What other ranks send for it.
        let foreign: [(rank: Int, range: Range<Int>)]
    }

    let spans: [Range<Int>]
    /// By span.
    let blocks: [[Block]]

    init(_ spans: [Range<Int>], _ partition: ZeroPartition, ranksOfParty: [[Int]]) {
        self.spans = spans
        var number = 0
        let size = Int(LOCKSTEP_SUM_BLOCK)
        blocks = spans.map { span in
            stride(from: span.lowerBound, to: span.upperBound, by: size).map { start in
                let range = start..<min(start + size, span.upperBound)
                let pieces = partition.pieces(of: range)
                func rank(_ party: Int) -> Int { ranksOfParty[party][number % ranksOfParty[party].count] }
                let first = pieces.first?.party ?? 0
                defer { number += 1 }
                return Block(
                    range: range, summer: rank(first),
                    foreign: pieces.filter { $0.party != first }.map { (rank($0.party), $0.range) })
            }
        }
    }

    /// The sum of each span, with the bits of `lockstep_sum_of_squares`; nil where squares overflow or vanish.
    /// *Collective.*
    func sums(of buffer: Buffer, over communicator: any Communicator) throws -> [Double]? {
        let every = Array(blocks.joined())
        // by block: spans may overlap
        var whole: [Buffer?] = every.map { _ in nil }
        var transfers: [Transfer] = []
        for (index, block) in every.enumerated() where !block.foreign.isEmpty {
            if block.summer == communicator.rank {
                let copy = Buffer(count: block.range.count)
                copy.pointer.update(from: buffer.pointer + block.range.lowerBound, count: copy.count)
                whole[index] = copy
                for (rank, range) in block.foreign {
                    let start = range.lowerBound - block.range.lowerBound
                    transfers.append(.receive(copy.bytes(in: start..<(start + range.count)), from: rank, tag: 0))
                }
            }
            for (rank, range) in block.foreign where rank == communicator.rank {
                transfers.append(.send(buffer.constantBytes(in: range), to: block.summer, tag: 0))
            }
        }
        try communicator.exchange(transfers)
        let own = every.indices.filter { every[$0].summer == communicator.rank }.map { index in
            let range = every[index].range
            return lockstep_block_sum_of_squares(
                whole[index]?.pointer ?? buffer.pointer + range.lowerBound, range.count)
        }
        let all = try communicator.allGather(own)
        var next = all.map { _ in 0 }
        var sums: [Double] = []
        for (span, blocks) in zip(spans, blocks) {
            var total = 0.0
            for block in blocks {
                total += all[block.summer][next[block.summer]]
                next[block.summer] += 1
            }
            guard lockstep_is_exact_sum_of_squares(total, span.count) != 0 else { return nil }
            sums.append(total)
        }
        return sums
    }
}

extension ZeroExchange {
    /// The sum of the squares of each of `spans` in a buffer of which each rank has its party's parts: the bits of one
    /// sum over all of it. *Collective.*
    /// - Parameter isShared: whether the ranks of a party share the buffer.
    package func sumsOfSquares(of spans: [Range<Int>], in buffer: Buffer, isShared: Bool) throws -> [Double] {
        let plan = blockSums[spans] ?? ZeroBlockSums(spans, partition, ranksOfParty: ranksOfParty)
        blockSums[spans] = plan
        if let sums = try plan.sums(of: buffer, over: communicator) { return sums }
        try allGather(buffer, isShared: isShared)
        return spans.map { lockstep_sum_of_squares(buffer.pointer + $0.lowerBound, $0.count) }
    }
}
