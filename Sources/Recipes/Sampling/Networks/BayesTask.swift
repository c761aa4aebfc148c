import Communication
import Datasets
import Foundation
import Layers
import Settings
import TensorEngine
import Training

/// The model and the data of the recipe `bayes`.
struct BayesTask: TrainingTask {
    let trainingData, testData: BayesSamples
    let modelSummary, dataSummary: String
    let dataNotes: [String]
    let preparation: Preparation
    let classNames: [String]
    private let network: any BayesModel
    private let likelihood: BayesLikelihood
    private let draws = PreparedDraws()
    private let seed: UInt64

    var model: any Parameterized { network }

    init(_ recipe: BayesRecipe, _ settings: Settings, _ data: BayesData) throws {
        let noise = settings.bayes.noise
        guard noise == 0 || data.classNames.isEmpty else { throw NoiseOfClasses(noise: noise) }
        likelihood =
            data.classNames.isEmpty
            ? .number(variance: noise > 0 ? noise * noise : nil) : .classes(data.classNames.count)
        let widths = [data.inputs] + settings.model.hidden + [likelihood.outputs]
        network = try recipe.makeModel(settings, widths: widths)
        seed = settings.seed
        (trainingData, testData, classNames) = (data.training, data.test, data.classNames)
        (dataSummary, dataNotes, preparation) = (data.summary, data.notes, data.preparation)
        modelSummary = "\(settings.model.name), perceptron \(widths.map(String.init).joined(separator: "-"))"
    }

    /// The negative log likelihood of the samples, and their share of the negative log prior or of the divergence from
    /// it.
    func loss(_ batch: BayesBatch, _ context: ForwardContext) -> SummedLoss {
        let outputs = network.training(batch.inputs, context)
        let sums = outputs.map { likelihood.negativeLog($0, batch.targets) }.reduce(Tensor(0), +)
        let share = Float(Double(batch.samples.count) / Double(max(1, trainingData.count)))
        let (nll, count) = (Double(sums.scalar), Double(batch.samples.count * outputs.count))
        return SummedLoss(
            sum: sums + network.penalty(context) * share, count: batch.samples.count,
            metrics: [NamedSum("nll", sum: nll, count: count)])
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<BayesBatch>> {
        try network.makeRule(setup, BayesObjective(data: trainingData, likelihood: likelihood, loss: loss))
    }

    func evaluationWillBegin(over communicator: any Communicator) { draws.sampler = network.makeSampler() }

    /// Draws of predictions of each sample, and how well they are calibrated.
    func evaluate(_ batch: BayesBatch) -> EvaluationSums {
        let sampler = draws.sampler ?? network.makeSampler()
        func outputs(_ x: Tensor, _ purpose: Int) -> [Tensor] {
            let context = ForwardContext.training(
                SampleRandomness(seed: seed, step: purpose, samples: batch.samples))
            return sampler(x, context).map(\.detached)
        }
        let found = outputs(batch.inputs, 0)
        let count = batch.targets.count
        guard !classNames.isEmpty else {
            var scores = IntervalScores()
            let all = found.map(likelihood.normal)
            for (row, target) in batch.targets.enumerated() {
                scores.add(target: Double(target), draws: all.map { $0[row] })
            }
            return EvaluationSums(
                loss: scores.loss, terms: Double(count), correct: nil, samples: count, details: scores.details)
        }
        // inputs are of deviation 1; these are far from all of them
        let far = ForwardContext.inference(SampleRandomness(seed: seed, step: 2, samples: batch.samples))
            .normal(batch.inputs.shape, deviation: 3)
        var scores = ClassScores()
        let all = found.map { rows($0.softmax()) }
        let strange = outputs(far, 1).map { rows($0.softmax()) }
        for (row, target) in batch.targets.enumerated() {
            scores.add(sample: batch.samples[row], label: Int(target), members: all.map { $0[row] })
            scores.add(outOfDistribution: strange.map { $0[row] })
        }
        var sums = EvaluationSums(
            loss: scores.loss, terms: Double(count), correct: scores.correct, samples: count,
            details: scores.details)
        sums.classified = classified(all, batch)
        return sums
    }

    /// What the mean of the members' probabilities takes each sample for.
    private func classified(_ members: [[[Double]]], _ batch: BayesBatch) -> ClassifiedSamples {
        let logits = batch.targets.indices.flatMap { row in
            ClassScores.mean(members.map { $0[row] }).map { Float(log(max($0, 1e-30))) }
        }
        return ClassifiedSamples(
            Tensor(logits, shape: [batch.targets.count, classNames.count]), Indices(batch.targets.map { Int32($0) }))
    }

    private func rows(_ tensor: Tensor) -> [[Double]] {
        let (values, width) = (tensor.values, tensor.shape[1])
        return stride(from: 0, to: values.count, by: width).map { values[$0..<($0 + width)].map(Double.init) }
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        classNames.isEmpty ? IntervalScores.metrics(details) : ClassScores.metrics(details)
    }
}

/// What was drawn for all blocks of an evaluation.
private final class PreparedDraws {
    var sampler: BayesSampler?
}

/// Classes have no noise that could be known.
struct NoiseOfClasses: Error, CustomStringConvertible {
    let noise: Double
    var description: String {
        "bayes.noise is \(noise), the deviation of a number's noise, but classes are predicted; set it to 0"
    }
}
