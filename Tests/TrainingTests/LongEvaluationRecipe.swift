import Datasets
import Layers
import Synchronization
import TensorEngine
import Training
import TrainingTestSupport

/// Counts from several threads.
final class Counter: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func next() -> Int { count.add(1, ordering: .sequentiallyConsistent).newValue }
}

/// Points with test data of five blocks, which are counted as they are read.
struct LongEvaluationRecipe: Recipe {
    let name = "long"
    let summary = "points with many test data"
    let settings: [(key: String, value: String)] = [
        ("global_batch", "10"), ("shards", "2"), ("checkpoint.every", "0"), ("model.name", "wide"), ("epochs", "2"),
        ("optimizer.learning_rate", "0.05"),
    ]
    /// Blocks of test data that were read.
    let blocks = Counter()

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        LongEvaluationTask(
            task: PointsTask(settings, classes: 2), trainingData: CountedPoints(count: 40, blocks: nil),
            testData: CountedPoints(count: 2500, blocks: blocks))
    }
}

struct CountedPoints: Dataset {
    let count: Int
    let blocks: Counter?

    func batch(of samples: [Int]) -> LabeledPoints {
        _ = blocks?.next()
        return Points().batch(of: samples)
    }
}

struct LongEvaluationTask: TrainingTask {
    let task: PointsTask
    let trainingData, testData: CountedPoints
    var model: any Parameterized { task.model }
    var modelSummary: String { task.modelSummary }
    var dataSummary: String { task.dataSummary }

    func loss(_ batch: LabeledPoints, _ context: ForwardContext) -> SummedLoss { task.loss(batch, context) }
    func evaluate(_ batch: LabeledPoints) -> EvaluationSums { task.evaluate(batch) }
}
