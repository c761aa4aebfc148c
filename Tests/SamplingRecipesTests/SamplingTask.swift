import Datasets
import Layers
import Recipes
import Settings
import TensorEngine
import TestSupport
import Training

/// A task of one of the program's recipes, with weights that a test gives it.
struct SamplingTask {
    let task: any TrainingTask
    let settings: Settings

    /// The task of `recipe` with these settings.
    init(_ recipe: String, _ values: [String]) throws {
        var request = TrainingRequest(target: recipe, runDirectory: "")
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        settings = try request.settings(.all)
        task = try RecipeCatalog.all.recipe(named: recipe).makeTask(settings, preparation: nil, loader: .alone)
    }

    var parameters: [(name: String, parameter: Parameter)] { task.model.parameters.named }

    func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name }?.parameter }

    /// The loss of these training samples in step 1.
    func loss(of samples: [Int]) throws -> (sum: Double, count: Double, metrics: [NamedSum]) {
        func loss<Task: TrainingTask>(_ task: Task) throws -> SummedLoss {
            task.loss(
                try task.trainingData.batch(of: samples),
                .training(SampleRandomness(seed: settings.seed, step: 1, samples: samples)))
        }
        let found = try loss(task)
        return (Double(found.sum.scalar), found.count, found.metrics)
    }

    /// The scores of these test samples, and their metrics.
    func evaluate(_ samples: [Int]) throws -> (sums: EvaluationSums, metrics: [String: Double]) {
        func evaluate<Task: TrainingTask>(_ task: Task) throws -> EvaluationSums {
            task.evaluate(try task.testData.batch(of: samples))
        }
        let sums = try evaluate(task)
        return (sums, task.metrics(sums.details))
    }

    var trainingCount: Int {
        func count<Task: TrainingTask>(_ task: Task) -> Int { task.trainingData.count }
        return count(task)
    }
}
