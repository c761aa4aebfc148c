import Datasets
import Foundation
import Layers
import TensorEngine
import Training
import RunRecords
import TrainingTestSupport

/// The points of `PointsRecipe` with test data of their own, to see how runs evaluate.
struct CourseRecipe: Recipe {
    /// What the test data are.
    enum Tests: Sendable, Equatable {
        /// 40 points.
        case points
        /// 40 points at infinity.
        case infinite
        case none
        /// 40 points that cannot be read while there is a file at this path: a stand-in for a run that is killed meanwhile.
        case unreadable(while: String)
    }

    let tests: Tests
    /// What the coordinates of the points are multiplied by.
    let scale: Float
    let name = "course"
    let summary = "points with test data of their own"
    let settings: [(key: String, value: String)] = [
        ("global_batch", "10"), ("shards", "2"), ("checkpoint.every", "0"), ("model.name", "wide"), ("epochs", "3"),
        ("optimizer.learning_rate", "0.05"), ("optimizer.momentum", "0.9"),
    ]

    init(_ tests: Tests = .points, scale: Float = 1) { (self.tests, self.scale) = (tests, scale) }

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        CourseTask(PointsTask(settings, classes: 2), tests, scale)
    }
}

struct CoursePoints: Dataset {
    let tests: CourseRecipe.Tests
    let scale: Float
    var count: Int { tests == .none ? 0 : 40 }

    func batch(of samples: [Int]) throws -> LabeledPoints {
        let unscaled = Points().batch(of: samples)
        let points = LabeledPoints(inputs: unscaled.inputs * scale, labels: unscaled.labels)
        switch tests {
        case .points, .none: return points
        case .infinite:
            let inputs = Tensor(points.inputs.values.map { $0 * .infinity }, shape: points.inputs.shape)
            return LabeledPoints(inputs: inputs, labels: points.labels)
        case .unreadable(let path):
            if FileManager.default.fileExists(atPath: path) { throw Unreadable() }
            return points
        }
    }

    struct Unreadable: Error, CustomStringConvertible {
        var description: String { "the test data cannot be read now" }
    }
}

struct CourseTask: TrainingTask {
    private let task: PointsTask
    let trainingData, testData: CoursePoints
    var model: any Parameterized { task.model }
    let modelSummary = "course"
    let dataSummary = "points"

    init(_ task: PointsTask, _ tests: CourseRecipe.Tests, _ scale: Float) {
        self.task = task
        (trainingData, testData) = (
            CoursePoints(tests: .points, scale: scale), CoursePoints(tests: tests, scale: scale)
        )
    }

    func loss(_ batch: LabeledPoints, _ context: ForwardContext) -> SummedLoss { task.loss(batch, context) }
    func evaluate(_ batch: LabeledPoints) -> EvaluationSums { task.evaluate(batch) }
}

extension TrainingFolder {
    /// The records of a run.
    func records(_ run: String) throws -> [MetricsRecord] {
        try text(run, "metrics.jsonl").split(separator: "\n").compactMap { MetricsRecord(line: $0) }
    }

    func evaluations(_ run: String) throws -> [EvaluationReport] {
        try records(run).compactMap { if case .evaluation(let report) = $0 { report } else { nil } }
    }

    func summaries(_ run: String) throws -> [RunSummary] {
        try records(run).compactMap { if case .summary(let summary) = $0 { summary } else { nil } }
    }

    func rates(_ run: String) throws -> [Double] {
        try records(run).compactMap { if case .step(let report) = $0 { report.learningRate } else { nil } }
    }
}
