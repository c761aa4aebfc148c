package import Communication
import Kernels
import Messages
package import TensorEngine

extension ParameterArena {
    /// Checks that all ranks begin with the same model, weights (bit for bit), threads and instruction set. *Collective.*
    ///
    /// Costs one pass over the weights, and one all-gather of 32 bytes. Where models, weights or threads differ, every rank
    /// throws the same `RankFailure` of a `StartDisagreement`.
    /// - Returns: what to tell the user of instruction sets that differ; nil where they don't.
    package func checkStart(over communicator: any Communicator, threads: Int, instructionSet: String) throws -> String?
    {
        guard communicator.size > 1 else { return nil }
        let layout = slices.map { "\($0.name) \($0.shape)" }
        let own = [UInt64(threads), instructionSet.bitHash, layout.joined(separator: "\n").bitHash, bitHash]
        let all = try communicator.allGather(own)
        func ranks(_ index: Int) -> [Int] {
            all.indices.filter { all[$0][index] != all[0][index] }
        }
        func fail(_ difference: StartDisagreement) -> RankFailure {
            RankFailure(
                rank: 0, message: "\(difference)", failedRanks: all.count, size: all.count, isUnanimous: true,
                cause: difference)
        }
        if let other = ranks(0).first {
            throw fail(.threads(all.map { Int($0[0]) }, first: other))
        }
        if !ranks(2).isEmpty {
            let hashes = try communicator.allGather(layout.map(\.bitHash))
            let others = ranks(2)
            let index = (0...).first { index in
                others.contains { hashes[$0].dropFirst(index).first != hashes[0].dropFirst(index).first }
            }
            let found = try communicator.allGather(layout.dropFirst(index ?? 0).first ?? "nothing")
            throw fail(.model(tensor: found[0], others: others, found: found[others[0]]))
        }
        if !ranks(3).isEmpty {
            let hashes = try communicator.allGather(slices.map { Buffer(sliceOf: buffer, $0.range).bitHash })
            let differing = slices.indices.first { index in hashes.contains { $0[index] != hashes[0][index] } }
            if let differing {
                let others = hashes.indices.filter { hashes[$0][differing] != hashes[0][differing] }
                throw fail(.weights(tensor: slices[differing].name, ranks: others))
            }
        }
        guard !ranks(1).isEmpty else { return nil }
        let names = try communicator.allGather(instructionSet)
        let unlike = UnlikeInstructionSets(names.enumerated().map { ("rank \($0)", $1) })
        return unlike.map { "warning: \($0)" }
    }
}

/// The ranks begin training with different models, weights or threads.
public enum StartDisagreement: Error, Equatable, CustomStringConvertible {
    /// The first tensor whose bits differ from rank 0's, and on which ranks.
    case weights(tensor: String, ranks: [Int])
    /// The first tensor of rank 0's model that differs on these ranks, and what the first of them has there.
    case model(tensor: String, others: [Int], found: String)
    /// The threads of each rank, and the first rank that has others than rank 0.
    case threads([Int], first: Int)

    /// What was found, and what to do.
    public var description: String {
        switch self {
        case .weights(let tensor, let ranks):
            "the start weights differ between ranks: first in tensor \(tensor), on rank \(ranks.listed()) from rank 0's; use the same seed on every rank, or give all of them rank 0's weights with arena.broadcast(over:)"
        case .model(let tensor, let others, let found):
            "the models differ between ranks: rank 0 has \(tensor) where rank \(others.listed()) has \(found); build the same model on every rank"
        case .threads(let threads, let first):
            "the ranks compute with different numbers of threads, \(threads[0]) on rank 0 and \(threads[first]) on rank \(first), which gives other bits; set the same on every rank, by OMP_NUM_THREADS or KernelLibrary.useThreads"
        }
    }
}

extension String {
    /// A 64-bit hash of the text: FNV-1a.
    fileprivate var bitHash: UInt64 {
        utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
