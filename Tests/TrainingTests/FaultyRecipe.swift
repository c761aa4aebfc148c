import Datasets
import Foundation
import Layers
import TensorEngine
import Training
import TrainingTestSupport

/// The points of `PointsRecipe`, with a fault; `model.name` is `linear` or `normalized`, as there.
struct FaultyRecipe: Recipe {
    /// What goes wrong, and where.
    enum Fault: Sendable, Equatable {
        case none
        /// The data of this sample are infinite; of all samples when nil.
        case data(sample: Int?)
        /// This sample's loss is finite and its gradient is not: the slope of √x at 0, times 0.
        case gradient(sample: Int)
        /// Before this forward pass, counted from 1, a bit of the first weight is flipped.
        case flippedBit(pass: Int)
        /// Each forward pass, or each batch of data, takes so many milliseconds longer.
        case slow(milliseconds: UInt32)
        /// The same, on threads that are marked by `slowThread` alone.
        case slowThread(milliseconds: UInt32)
        case slowData(milliseconds: UInt32)
    }

    /// Marks the thread of a slow rank.
    static let slowThread = "slow"

    let fault: Fault
    let name = "faulty"
    let summary = "points with a fault"
    let settings: [(key: String, value: String)] = [
        ("global_batch", "10"), ("shards", "5"), ("checkpoint.every", "0"), ("model.name", "linear"),
        ("optimizer.learning_rate", "0.05"), ("optimizer.momentum", "0.9"),
    ]

    init(_ fault: Fault = .none) { self.fault = fault }

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        FaultyTask(PointsTask(settings, classes: 2), fault)
    }
}

struct FaultyPoints: Dataset {
    let points = Points()
    var count: Int { points.count }
    let fault: FaultyRecipe.Fault

    func batch(of samples: [Int]) throws -> FaultyBatch {
        if case .slowData(let milliseconds) = fault { usleep(milliseconds * 1000) }
        let batch = points.batch(of: samples)
        guard case .data(let bad) = fault else { return FaultyBatch(points: batch, samples: samples) }
        var values = batch.inputs.values
        for (place, sample) in samples.enumerated() where sample == bad ?? sample { values[2 * place] = .infinity }
        let inputs = Tensor(values, shape: batch.inputs.shape)
        return FaultyBatch(points: LabeledPoints(inputs: inputs, labels: batch.labels), samples: samples)
    }
}

struct FaultyBatch: Sendable {
    let points: LabeledPoints
    let samples: [Int]
}

final class FaultyTask: TrainingTask {
    private let task: PointsTask
    private let fault: FaultyRecipe.Fault
    private var passes = 0

    var model: any Parameterized { task.model }
    let trainingData: FaultyPoints
    let testData = FaultyPoints(fault: .none)
    let modelSummary = "faulty"
    let dataSummary = "points"

    init(_ task: PointsTask, _ fault: FaultyRecipe.Fault) {
        (self.task, self.fault, trainingData) = (task, fault, FaultyPoints(fault: fault))
    }

    func loss(_ batch: FaultyBatch, _ context: ForwardContext) -> SummedLoss {
        passes += 1
        if case .flippedBit(passes) = fault {
            let weight = model.parameters.named[0].parameter
            var values = weight.value.values
            values[0] = Float(bitPattern: values[0].bitPattern ^ 1 << 18)
            weight.assign(Tensor(values, shape: weight.shape))
        }
        if case .slow(let milliseconds) = fault { usleep(milliseconds * 1000) }
        if case .slowThread(let milliseconds) = fault, Thread.current.threadDictionary[FaultyRecipe.slowThread] != nil {
            usleep(milliseconds * 1000)
        }
        let loss = task.loss(batch.points, context)
        guard case .gradient(let sample) = fault, batch.samples.contains(sample) else { return loss }
        let weight = model.parameters.named[0].parameter.value
        return SummedLoss(sum: loss.sum + (weight * 0).squareRoot().sum(), weightSum: loss.count)
    }

    func evaluate(_ batch: FaultyBatch) -> EvaluationSums { task.evaluate(batch.points) }
}
