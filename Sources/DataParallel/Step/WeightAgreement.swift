public import Communication
import Kernels
import Messages
public import TensorEngine

extension ParameterArena {
    /// Gives every rank the weights of rank 0. *Collective.*
    public func broadcast(over communicator: any Communicator) throws {
        try communicator.broadcast(UnsafeMutableRawBufferPointer(buffer.elements), from: 0)
    }

    /// A 64-bit hash of all weights' bits.
    public var bitHash: UInt64 { buffer.bitHash }

    /// Checks that all ranks have the same weights, bit for bit, by comparing 64-bit hashes. *Collective.*
    ///
    /// Throws `WeightDisagreement` on every rank when they differ: the ranks no longer train the same model. Costs one pass
    /// over the weights at the speed of memory, and one all-gather of 8 bytes. To hash a part of the weights in each step and
    /// compare these hashes here would cost as much as two such comparisons, and bound the step of a difference less closely
    /// than these do.
    /// - Parameters:
    ///   - step: the steps that are done.
    ///   - equalAfter: the steps that were done when the weights were last known to be equal.
    ///   - memory: that in which the arena lies, when the ranks of a host share it: their first rank speaks for all of them.
    public func checkAgreement(
        over communicator: any Communicator, step: Int, equalAfter: Int? = nil, memory: HostMemory? = nil
    ) throws {
        guard memory?.hostCount ?? communicator.size > 1 else { return }
        let speaks = memory?.isFirstOfHost ?? true
        /// Of the ranks that have a copy of their own.
        func gather(_ hash: @autoclosure () -> UInt64) throws -> [(rank: Int, hash: UInt64)] {
            let own = speaks ? withUnsafeBytes(of: hash()) { Array($0) } : []
            return try communicator.allGather(own).enumerated().filter { !$1.isEmpty }.map { rank, bytes in
                (rank, bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
            }
        }
        if Set(try gather(bitHash).map(\.hash)).count == 1 { return }
        var first: (name: String, found: [(rank: Int, hash: UInt64)])?
        for slice in slices {
            let found = try gather(Buffer(sliceOf: buffer, slice.range).bitHash)
            if first == nil && Set(found.map(\.hash)).count > 1 { first = (slice.name, found) }
        }
        guard let (name, found) = first else {
            throw WeightDisagreement(tensor: "(between the tensors)", ranks: [], step: step, equalAfter: equalAfter)
        }
        let usual = Self.mostCommon(found.map(\.hash))
        throw WeightDisagreement(
            tensor: name, ranks: found.filter { $0.hash != usual }.map(\.rank), step: step, equalAfter: equalAfter)
    }

    /// The value that most have; of several such the one of the lowest rank.
    private static func mostCommon(_ hashes: [UInt64]) -> UInt64 {
        var counts: [UInt64: Int] = [:]
        for hash in hashes { counts[hash, default: 0] += 1 }
        let most = counts.values.max()
        return hashes.first { counts[$0] == most } ?? 0
    }
}

/// The weights are not the same on all ranks.
public struct WeightDisagreement: Error, CustomStringConvertible, Equatable {
    /// The first tensor that differs.
    public let tensor: String
    /// The ranks whose bits are not those of the majority, or of rank 0 where there is none.
    public let ranks: [Int]
    /// The step after which it was found.
    public let step: Int
    /// The step after which the weights were last compared, and equal; nil where that is not known.
    public var equalAfter: Int?

    /// The same, its ranks numbered as those of another communicator.
    package func withRanks(_ number: (Int) -> Int) -> WeightDisagreement {
        WeightDisagreement(tensor: tensor, ranks: ranks.map(number), step: step, equalAfter: equalAfter)
    }

    /// What was found, and what to do.
    public var description: String {
        let who = ranks.listed()
        let since = equalAfter.map { before in
            " (they were equal after step \(before), so the first bad step is "
                + (before + 1 < step ? "one of \(before + 1) to \(step))" : "\(step))")
        }
        return
            "the weights differ between ranks after step \(step)\(since ?? ""): first in tensor \(tensor), on rank \(who); check the memory of that host and that every rank runs the same build, then resume from the last checkpoint"
    }
}
