package import Communication
package import Kernels

/// What the parties of a `ZeroPartition` give each other beside the gradients: updated weights, norms, state to be
/// saved.
package final class ZeroExchange {
    package let partition: ZeroPartition
    let communicator: any Communicator
    let ranksOfParty: [[Int]]
    /// Memory that the ranks of this party share; nil where it is one rank.
    private let memory: HostMemory?
    /// This rank's number among those of its party.
    private let member: Int
    /// The sums of squares that were asked for, by their spans.
    var blockSums: [[Range<Int>]: ZeroBlockSums] = [:]

    /// - Parameter ranksOfParty: in rising order; the parties' numbers are those of `partition`.
    package init(
        _ partition: ZeroPartition, over communicator: any Communicator, ranksOfParty: [[Int]], memory: HostMemory?
    ) {
        (self.partition, self.communicator, self.ranksOfParty) = (partition, communicator, ranksOfParty)
        self.memory = memory
        member = ranksOfParty[partition.party].firstIndex(of: communicator.rank) ?? 0
    }

    /// Whether this rank is the first of its party.
    package var speaksForParty: Bool { member == 0 }

    /// What this rank updates.
    package var memberParts: [Range<Int>] {
        partition.parts(ofMember: member, of: ranksOfParty[partition.party].count)
    }

    /// Gives all parties what each has in its parts of `buffer`. *Collective.*
    /// - Parameter isShared: whether the ranks of a party share the buffer, or each has its own.
    package func allGather(_ buffer: Buffer, isShared: Bool = true) throws {
        try memory?.barrier()
        for bucket in 0..<partition.bucketCount {
            guard let parts = partition.parts(ofBucket: bucket) else { continue }
            let speakers = ranksOfParty.map { $0[bucket % $0.count] }
            let speaks = speakers[partition.party] == communicator.rank
            guard speaks || !isShared else { continue }
            var transfers: [Transfer] = []
            for party in parts.indices where party != partition.party {
                transfers.append(.receive(buffer.bytes(in: parts[party]), from: speakers[party], tag: 0))
                guard speaks else { continue }
                for rank in isShared ? [speakers[party]] : ranksOfParty[party] {
                    transfers.append(.send(buffer.constantBytes(in: parts[partition.party]), to: rank, tag: 0))
                }
            }
            try communicator.exchange(transfers)
        }
        try memory?.barrier()
    }

    /// Brings to rank 0 what all parties have in their parts of the buffers. *Collective.*
    package func gather(_ buffers: [Buffer]) throws {
        try memory?.barrier()
        try move(buffers, toFirst: true)
        try memory?.barrier()
    }

    /// Gives each party its parts of what rank 0 has in the buffers. *Collective.*
    package func scatter(_ buffers: [Buffer]) throws {
        try memory?.barrier()
        try move(buffers, toFirst: false)
        try memory?.barrier()
        release(buffers)
    }

    /// Frees what `gather` has brought to rank 0. *Local.*
    package func release(_ buffers: [Buffer]) {
        guard communicator.rank == 0 else { return }
        for bucket in 0..<partition.bucketCount {
            for (party, part) in (partition.parts(ofBucket: bucket) ?? []).enumerated() where party != partition.party {
                for buffer in buffers { buffer.release(part) }
            }
        }
    }

    /// The bytes of one buffer that lie in other parties' parts.
    package var foreignBytes: Int {
        (0..<partition.bucketCount).reduce(0) { sum, bucket in
            sum
                + (partition.parts(ofBucket: bucket) ?? []).enumerated().reduce(0) {
                    $0 + ($1.offset == partition.party ? 0 : $1.element.count * MemoryLayout<Float>.stride)
                }
        }
    }

    private func move(_ buffers: [Buffer], toFirst: Bool) throws {
        for bucket in 0..<partition.bucketCount {
            guard let parts = partition.parts(ofBucket: bucket) else { continue }
            for buffer in buffers {
                if communicator.rank == 0 {
                    let others = parts.indices.filter { $0 != partition.party }
                    try communicator.exchange(
                        others.map { party in
                            let rank = ranksOfParty[party][0]
                            return toFirst
                                ? .receive(buffer.bytes(in: parts[party]), from: rank, tag: 0)
                                : .send(buffer.constantBytes(in: parts[party]), to: rank, tag: 0)
                        })
                } else if member == 0 {
                    let part = parts[partition.party]
                    try communicator.exchange([
                        toFirst
                            ? .send(buffer.constantBytes(in: part), to: 0, tag: 0)
                            : .receive(buffer.bytes(in: part), from: 0, tag: 0)
                    ])
                }
            }
        }
    }
}

extension Buffer {
    func bytes(in range: Range<Int>) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            start: pointer + range.lowerBound, count: range.count * MemoryLayout<Float>.stride)
    }

    func constantBytes(in range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(bytes(in: range))
    }
}
