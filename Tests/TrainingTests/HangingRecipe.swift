import Datasets
import Foundation
import Layers
import Synchronization
import TensorEngine
import Training
import TrainingTestSupport

/// What a watch has said, from several threads; and whether the job was to end.
final class Reports: Sendable {
    private let texts = Mutex<[String]>([])
    private let ended = Atomic(false)

    var all: [String] { texts.withLock { $0 } }
    var hasEnded: Bool { ended.load(ordering: .sequentiallyConsistent) }

    func append(_ text: String) { texts.withLock { $0.append(text) } }
    func end() { ended.store(true, ordering: .sequentiallyConsistent) }

    /// Whether some report has this text in it.
    func contain(_ text: String) -> Bool { all.contains { $0.contains(text) } }
}

/// Points, of which one keeps its rank in an endless loop in the forward pass, once, until it is let go.
struct HangingRecipe: Recipe {
    let name = "hanging"
    let summary = "points of which one hangs"
    let settings: [(key: String, value: String)] = [
        ("global_batch", "40"), ("shards", "4"), ("checkpoint.every", "0"), ("model.name", "linear"), ("epochs", "6"),
        ("evaluate.every", "0"), ("optimizer.learning_rate", "0.05"),
    ]
    /// Whether the loop ends.
    let isLetGo: @Sendable () -> Bool

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        HangingTask(task: FaultyTask(PointsTask(settings, classes: 2), .none), isLetGo: isLetGo)
    }
}

final class HangingTask: TrainingTask {
    private let task: FaultyTask
    private let isLetGo: @Sendable () -> Bool
    /// Steps in which this rank had the sample.
    private var passes = 0
    var trainingData: FaultyPoints { task.trainingData }
    var testData: FaultyPoints { task.testData }
    var model: any Parameterized { task.model }
    var modelSummary: String { task.modelSummary }
    var dataSummary: String { task.dataSummary }

    init(task: FaultyTask, isLetGo: @escaping @Sendable () -> Bool) { (self.task, self.isLetGo) = (task, isLetGo) }

    func loss(_ batch: FaultyBatch, _ context: ForwardContext) -> SummedLoss {
        if batch.samples.contains(11) {
            passes += 1
            if passes == 3 { hangs() }
        }
        return task.loss(batch, context)
    }

    /// The function that the stack shows; a test that fails ends nevertheless.
    @inline(never)
    func hangs() {
        let end = ContinuousClock.now + .seconds(60)
        while !isLetGo(), ContinuousClock.now < end {}
    }

    func evaluate(_ batch: FaultyBatch) -> EvaluationSums { task.evaluate(batch) }
}
