import Foundation
import Datasets
import Layers
import Settings
import TensorEngine
import TestSupport
import Training

/// A task of a recipe on small images, with weights that a test gives it.
struct LearningTask {
    let task: any TrainingTask
    let settings: Settings

    /// The task of `recipe` with these settings; its images, if it takes some, are the examples in `folder`.
    init(_ recipe: any Recipe, _ values: [String], in folder: TemporaryFolder? = nil) throws {
        var request = TrainingRequest(target: recipe.name, runDirectory: "")
        let data = folder.map { ["data.path=\($0("data"))"] } ?? []
        request.overrides = try (data + values).map { try SettingOverride(assignment: $0) }
        settings = try request.settings(RecipeCatalog([recipe]))
        task = try recipe.makeTask(settings, preparation: nil, loader: .alone)
    }

    var parameters: [(name: String, parameter: Parameter)] { task.model.parameters.named }

    /// Sets the elements of a parameter; those of all others stay.
    func assign(_ name: String, _ values: [Float]) {
        for (own, parameter) in parameters where own == name {
            parameter.assign(Tensor(values, shape: parameter.shape))
        }
    }

    /// Sets all elements of all parameters.
    func assignAll(_ value: Float) {
        for (_, parameter) in parameters { parameter.assign(Tensor(repeating: value, shape: parameter.shape)) }
    }

    /// The summed loss of these training samples in step 1, its metrics, and its gradients by name.
    func loss(of samples: [Int]) throws -> (sum: Float, metrics: [String: Double], gradients: [String: [Float]]) {
        try Self.loss(of: samples, task, settings)
    }

    private static func loss<Task: TrainingTask>(
        of samples: [Int], _ task: Task, _ settings: Settings
    ) throws -> (sum: Float, metrics: [String: Double], gradients: [String: [Float]]) {
        let batch = try task.trainingData.trainingBatch(of: samples, epoch: 0)
        let named = task.model.parameters.named
        var metrics: [String: Double] = [:]
        let found = valueAndGradients(of: named.map(\.parameter)) {
            let loss = task.loss(
                batch, .training(SampleRandomness(seed: settings.seed, step: 1, samples: samples)))
            for metric in loss.metrics { metrics[metric.name] = metric.mean }
            return loss.sum
        }
        return (
            found.value.scalar, metrics,
            Dictionary(uniqueKeysWithValues: zip(named.map(\.name), found.gradients.map(\.values)))
        )
    }

    /// The scores of these test samples, with the task's metrics.
    func evaluate(_ samples: [Int]) throws -> (sums: EvaluationSums, metrics: [String: Double]) {
        func evaluate<Task: TrainingTask>(_ task: Task) throws -> EvaluationSums {
            task.evaluate(try task.testData.batch(of: samples))
        }
        let sums = try evaluate(task)
        return (sums, task.metrics(sums.details))
    }

    /// The images of these training samples, as vectors of pixels in 0...1.
    static func pixels(_ folder: TemporaryFolder, _ samples: [Int]) throws -> [[Float]] {
        let images = try ImageFolder(path: folder("data"), layout: .vectors, scale: .unit).training
        return samples.map { images.batch(of: [$0]).inputs.values }
    }
}

/// Whether two numbers agree to a relative 1e-4, or nearly 0 to an absolute one.
func isClose(_ a: Double, _ b: Double, scale: Double = 1) -> Bool { abs(a - b) <= 1e-4 * max(scale, abs(a), abs(b)) }

/// ln(1 + eˣ).
func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
