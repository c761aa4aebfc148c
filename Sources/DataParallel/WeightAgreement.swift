public import Communication
import Kernels
public import TensorEngine

extension ParameterArena {
    /// Gives every rank the weights of rank 0. *Collective.*
    public func broadcast(over communicator: any Communicator) throws {
        try communicator.broadcast(UnsafeMutableRawBufferPointer(buffer.elements), from: 0)
    }

    /// A 64-bit hash of all weights' bits.
    public var bitHash: UInt64 { buffer.bitHash }

    /// Compares the weights of all ranks bit by bit through a 64-bit hash. *Collective.*
    ///
    /// Throws `WeightDisagreement` on every rank when they differ: the ranks no longer train the same model.
    public func checkAgreement(over communicator: any Communicator, step: Int) throws {
        guard communicator.size > 1 else { return }
        let hashes = try communicator.allGather(bitHash)
        if Set(hashes).count == 1 { return }
        let slices = slices
        let own = slices.map { Buffer(sliceOf: buffer, $0.range).bitHash }
        var byTensor: [[UInt64]] = []
        for hash in own { byTensor.append(try communicator.allGather(hash)) }
        for (name, hashes) in zip(slices.map(\.name), byTensor) where Set(hashes).count > 1 {
            let usual = Self.mostCommon(hashes)
            throw WeightDisagreement(
                tensor: name, ranks: hashes.indices.filter { hashes[$0] != usual }, step: step)
        }
        throw WeightDisagreement(tensor: "(between the tensors)", ranks: [], step: step)
    }

    /// The value that most have; of several such the one of the lowest rank.
    private static func mostCommon(_ hashes: [UInt64]) -> UInt64 {
        var counts: [UInt64: Int] = [:]
        for hash in hashes { counts[hash, default: 0] += 1 }
        let most = counts.values.max()
        return hashes.first { counts[$0] == most } ?? 0
    }
}

/// The weights of some ranks differ from those of the others.
public struct WeightDisagreement: Error, CustomStringConvertible, Equatable {
    /// The first tensor that differs.
    public let tensor: String
    /// The ranks whose bits are not those of the majority, or of rank 0 where there is none.
    public let ranks: [Int]
    /// The step after which it was found.
    public let step: Int

    /// What was found, and what to do.
    public var description: String {
        let who = ranks.map(String.init).joined(separator: ", ")
        return
            "the weights differ between ranks after step \(step): first in tensor \(tensor), on rank \(who); check that host's memory, that every rank runs the same build, and go on from the last checkpoint with --resume"
    }
}
