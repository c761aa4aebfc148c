import Communication
import Probability
import TensorEngine
import Training

/// The states and the draws of all chains, the same on every rank, and what checkpoints keep of them.
final class ChainStore: Persistent {
    private let density: Density
    private let settings: NUTSSettings
    private let seed: UInt64
    /// What each chain has saved.
    private var states: [[Double]]
    /// The draws of each chain, one after the other.
    private(set) var draws: [[Float]]
    /// Divergent iterations after the warm-up, of all chains.
    private(set) var divergences = 0
    /// Memory of a checkpoint that is being written or read.
    private var packed: (states: PersistentStorage, draws: PersistentStorage)?
    /// The draws of each chain in a checkpoint that is being read.
    private var restored: Int?

    /// Chains at their random starts. *Local*, the same on every rank.
    init(_ density: Density, _ settings: NUTSSettings, seed: UInt64) throws {
        (self.density, self.settings, self.seed) = (density, settings, seed)
        states = try (0..<settings.chains).map {
            try Chain(density, settings.chain, seed: seed, number: $0).saved
        }
        draws = [[Float]](repeating: [], count: settings.chains)
    }

    private var width: Int { density.quantities.count }
    /// The draws of each chain.
    var drawsOfChain: Int { draws[0].count / width }

    /// The chains, and the bytes that are exchanged of them in a step after the warm-up, in words.
    var summary: String {
        let numbers = ChainReport(chain: 0).numbers.count + states[0].count + settings.iterations * width
        return "\(states.count) \(states.count == 1 ? "chain" : "chains"), \(8 * numbers * states.count) bytes"
    }

    /// The coordinates of the chains, [chains, dimension].
    var positions: Tensor {
        // a chain saves its coordinates first
        Tensor(
            states.flatMap { $0.prefix(density.dimension).map { Float($0) } },
            shape: [states.count, density.dimension])
    }

    /// Makes a step's iterations of one chain. *Local.*
    func advance(chain number: Int) throws -> ChainReport {
        var chain = try Chain(density, settings.chain, seed: seed, number: number)
        guard chain.restore(states[number]) else { throw DamagedChain(chain: number) }
        var report = ChainReport(chain: number)
        for _ in 0..<settings.iterations {
            let isKept = !chain.isWarmingUp
            let transition = chain.advance()
            report.acceptance += transition.acceptance
            report.steps += Double(transition.steps)
            report.depth += Double(transition.depth)
            if transition.isDivergent {
                report.divergences += 1
                if isKept { report.lateDivergences += 1 }
            }
            if isKept { report.draws += chain.draw }
        }
        report.iterations = Double(settings.iterations)
        (report.logDensity, report.stepSize, report.saved) = (chain.logDensity, chain.stepSize, chain.saved)
        return report
    }

    /// Takes in what all chains have done.
    func accept(_ reports: [ChainReport]) {
        for report in reports {
            states[report.chain] = report.saved
            draws[report.chain] += report.draws.map { Float($0) }
            divergences += Int(report.lateDivergences)
        }
    }

    /// The diagnostics of a quantity.
    func diagnostics(of quantity: Int) -> ChainDiagnostics { ChainDiagnostics(values(of: quantity)) }

    /// The draws of a quantity, of each chain.
    func values(of quantity: Int) -> [[Double]] {
        draws.map { draws in stride(from: quantity, to: draws.count, by: width).map { Double(draws[$0]) } }
    }

    // MARK: - Checkpoints

    var stateTensors: [PersistentTensor] {
        let count = restored ?? drawsOfChain
        let memory = packed ?? makeMemory(draws: count)
        packed = memory
        let states = PersistentTensor(
            name: "nuts.chains.float64_bits", shape: [states.count, 2 * self.states[0].count], storage: memory.states)
        guard count > 0 else { return [states] }
        return [
            states,
            PersistentTensor(name: "nuts.draws", shape: [self.states.count, count, width], storage: memory.draws),
        ]
    }

    private func makeMemory(draws count: Int) -> (PersistentStorage, PersistentStorage) {
        (
            PersistentStorage(count: 2 * states.count * states[0].count),
            PersistentStorage(count: states.count * count * width)
        )
    }

    func notes(at position: RunPosition) -> [String: String] {
        ["nuts.draws": "\(drawsOfChain)", "nuts.divergences": "\(divergences)"]
    }

    func restore(_ notes: SavedNotes) throws {
        let most = max(0, notes.step * settings.iterations - settings.warmup)
        // a new run has none
        restored = try notes.integer("nuts.draws", in: 0...most)
        divergences = try notes.integer("nuts.divergences") ?? 0
        packed = nil
    }

    func gather(over communicator: any Communicator) throws {
        let memory = makeMemory(draws: drawsOfChain)
        let bytes = UnsafeMutableRawBufferPointer(memory.0.elements)
        for (index, number) in states.joined().enumerated() {
            bytes.storeBytes(of: number, toByteOffset: 8 * index, as: Double.self)
        }
        for (index, number) in draws.joined().enumerated() { memory.1.elements[index] = number }
        packed = memory
    }

    func distribute(over communicator: any Communicator) throws {
        guard let count = restored else { return }
        // the tensors were read on rank 0 alone
        let memory = packed ?? makeMemory(draws: count)
        for storage in [memory.states, memory.draws] {
            try communicator.broadcast(UnsafeMutableRawBufferPointer(storage.elements), from: 0)
        }
        let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(memory.states.elements))
        let length = states[0].count
        for chain in states.indices {
            for index in 0..<length {
                states[chain][index] = bytes.loadUnaligned(
                    fromByteOffset: 8 * (chain * length + index), as: Double.self)
            }
            let own = count * width
            draws[chain] = Array(memory.draws.elements[(chain * own)..<((chain + 1) * own)])
        }
        (restored, packed) = (nil, nil)
    }

    func release() { packed = nil }
}

/// The saved state of a chain is none that it can have had.
struct DamagedChain: Error, CustomStringConvertible {
    let chain: Int
    var description: String {
        "the saved state of chain \(chain) is not one of this density and these settings: the checkpoint was changed; use an earlier one"
    }
}
