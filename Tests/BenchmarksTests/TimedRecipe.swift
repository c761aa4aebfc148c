import Communication
import Datasets
import Foundation
import Layers
import TensorEngine
import Training

/// A small model whose steps take as long as a test says, on the rank that has this recipe.
struct TimedRecipe: Recipe {
    let name = "timed"
    let summary = "steps of a known length"
    let settings: [(key: String, value: String)] = [("global_batch", "4"), ("evaluate.every", "0")]
    /// Milliseconds of a forward pass, and of loading a step.
    var computing = 3.0
    var loading = 0.0

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        TimedTask(computing: computing, loading: loading, seed: settings.seed)
    }
}

/// Waits as something that takes so long; sleeping needs no core of its own, so that other work does not change it.
private func take(milliseconds: Double) { usleep(UInt32(milliseconds * 1000)) }

struct TimedSamples: Dataset {
    let loading: Double
    let count = 64

    func batch(of samples: [Int]) -> TimedBatch {
        take(milliseconds: loading)
        return TimedBatch(inputs: Tensor(samples.map { Float($0) / 64 }, shape: [samples.count, 1]))
    }
}

struct TimedBatch: Sendable { let inputs: Tensor }

struct TimedTask: TrainingTask {
    private let network: Linear
    var model: any Parameterized { network }
    let computing: Double
    let trainingData: TimedSamples
    var testData: TimedSamples { trainingData }
    let modelSummary = "timed"
    let dataSummary = "numbers"

    init(computing: Double, loading: Double, seed: UInt64) {
        var random = InitializationRandom(seed: seed)
        network = Linear(1, 256, random: &random)
        self.computing = computing
        trainingData = TimedSamples(loading: loading)
    }

    func loss(_ batch: TimedBatch, _ context: ForwardContext) -> SummedLoss {
        take(milliseconds: computing)
        let outputs = network(batch.inputs, context)
        return squaredError(outputs, outputs * 0.5)
    }

    func evaluate(_ batch: TimedBatch) -> EvaluationSums {
        EvaluationSums(loss: 0, terms: 1, correct: nil, samples: batch.inputs.shape[0])
    }
}

/// A link on which each exchange takes some milliseconds longer.
struct SlowLink: Communicator {
    let link: any Communicator
    let milliseconds: Double

    var rank: Int { link.rank }
    var size: Int { link.size }
    func exchange(_ transfers: [Transfer], pacing: Pacing) throws {
        take(milliseconds: milliseconds)
        try link.exchange(transfers, pacing: pacing)
    }
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws {
        try link.broadcast(bytes, from: root)
    }
    func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] { try link.allGather(bytes) }
    func barrier() throws { try link.barrier() }
    func split(color: Int?, key: Int) throws -> (any Communicator)? {
        try link.split(color: color, key: key).map { SlowLink(link: $0, milliseconds: milliseconds) }
    }
    func throwIfPeerFailed() throws { try link.throwIfPeerFailed() }
}
