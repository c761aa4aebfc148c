import Communication
import Datasets
import Layers
import TensorEngine
import Training
import TrainingTestSupport

/// The points of `CourseRecipe`, with something that happens after steps: before the checkpoint of the step is saved.
struct HookedRecipe: Recipe {
    let name = "hooked"
    let summary = "points, and something that happens in between"
    let settings = CourseRecipe().settings
    /// Called on rank 0 with the number of the step that was done.
    let hook: @Sendable (Int) throws -> Void

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        HookedTask(task: CourseTask(PointsTask(settings, classes: 2), .points, 1), hook: hook)
    }
}

private struct HookedTask: TrainingTask {
    let task: CourseTask
    let hook: @Sendable (Int) throws -> Void

    var trainingData: CoursePoints { task.trainingData }
    var testData: CoursePoints { task.testData }
    var model: any Parameterized { task.model }
    var modelSummary: String { task.modelSummary }
    var dataSummary: String { task.dataSummary }

    func loss(_ batch: LabeledPoints, _ context: ForwardContext) -> SummedLoss { task.loss(batch, context) }
    func evaluate(_ batch: LabeledPoints) -> EvaluationSums { task.evaluate(batch) }

    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] {
        setup.context.communicator.rank == 0 ? [Hook(hook)] : []
    }
}

private final class Hook: RunObserver {
    private let hook: @Sendable (Int) throws -> Void
    init(_ hook: @escaping @Sendable (Int) throws -> Void) { self.hook = hook }
    func stepDidEnd(_ step: CompletedStep) throws { try hook(step.number) }
}
