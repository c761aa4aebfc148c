import ActingRecipes
import Communication
import Datasets
import Foundation
import Layers
import RunRecords
import Settings
import TensorEngine
import TestSupport
import Training

/// A task of a recipe that acts, with weights that a test gives it.
struct ActingTask {
    let task: any TrainingTask
    let settings: Settings

    init(_ recipe: any Recipe, _ values: [String]) throws {
        var request = TrainingRequest(target: recipe.name, runDirectory: "")
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        settings = try request.settings(RecipeCatalog([recipe]))
        task = try recipe.makeTask(settings, preparation: nil, loader: .alone)
    }

    /// Sets all elements of all parameters, then those of some.
    func assign(_ value: Float, except others: [String: [Float]] = [:]) {
        for (name, parameter) in task.model.parameters.named {
            let values = others[name] ?? [Float](repeating: value, count: parameter.shape.count)
            parameter.assign(Tensor(values, shape: parameter.shape))
        }
    }

    /// The loss of these samples, its metrics, and its gradients by name.
    func loss(of samples: [Int]) throws -> (loss: SummedLoss, metrics: [String: Double], gradients: [String: [Float]]) {
        func find<Task: TrainingTask>(
            _ task: Task
        ) throws -> (loss: SummedLoss, metrics: [String: Double], gradients: [String: [Float]]) {
            let batch = try task.trainingData.trainingBatch(of: samples, epoch: 0)
            let named = task.model.parameters.named
            var found: SummedLoss?
            let walk = valueAndGradients(of: named.map(\.parameter)) {
                let loss = task.loss(
                    batch, .training(SampleRandomness(seed: settings.seed, step: 1, samples: samples)))
                found = loss
                return loss.sum
            }
            let loss = found ?? SummedLoss(sum: Tensor(0), count: 0)
            return (
                loss, Dictionary(uniqueKeysWithValues: loss.metrics.map { ($0.name, $0.mean) }),
                Dictionary(uniqueKeysWithValues: zip(named.map(\.name), walk.gradients.map(\.values)))
            )
        }
        return try find(task)
    }

    /// Trains a recipe on so many threads as ranks, and returns the metrics of the last evaluation.
    static func train(_ recipe: any Recipe, ranks: Int, _ values: [String]) throws -> [String: Double] {
        let folder = try TemporaryFolder()
        var request = TrainingRequest(target: recipe.name, runDirectory: folder("run"))
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        let asked = request
        let summaries = try InProcessCommunicator.run(ranks: ranks) { communicator in
            try TrainingProgram(asked, catalog: RecipeCatalog([recipe]), communicator: communicator).run()
        }
        return summaries[0].testMetrics ?? [:]
    }
}

/// Whether two numbers agree to a relative 1e-4, or nearly 0 to an absolute one.
func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-4 * max(1, abs(a), abs(b)) }
