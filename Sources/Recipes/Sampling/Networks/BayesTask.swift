import Datasets
import Foundation
import Layers
import Optimizers
import Probability
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
    private let network: BayesNetwork
    private let settings: BayesSettings
    private let seed: UInt64

    var model: any Parameterized { network }

    init(_ recipe: BayesRecipe, _ settings: Settings, _ data: BayesData) throws {
        // of a number its mean and the logarithm of its variance
        let widths = [data.inputs] + settings.model.hidden + [data.classNames.isEmpty ? 2 : data.classNames.count]
        let bayes = settings.bayes
        var random = InitializationRandom(seed: settings.seed)
        func perceptron(dropout: Double = 0) -> MultilayerPerceptron {
            MultilayerPerceptron(widths: widths, dropout: Float(dropout), random: &random)
        }
        switch settings.model.name {
        case "backprop":
            network = .variational(
                zip(widths, widths.dropFirst()).map {
                    VariationalLinear($0, $1, deviation: bayes.initialDeviation, random: &random)
                })
        case "dropout": network = .dropout(perceptron(dropout: settings.model.dropout))
        case "ensemble": network = .ensemble((0..<bayes.members).map { _ in perceptron() })
        case "sgld", "sghmc":
            guard settings.optimizer.name == "sgd" else { throw NotLangevin(optimizer: settings.optimizer.name) }
            let chain = perceptron()
            network = .chain(chain, WeightSamples(chain, samples: bayes.draws))
        default: throw UnknownModel(name: settings.model.name, recipe: recipe)
        }
        (self.settings, seed) = (bayes, settings.seed)
        (trainingData, testData, classNames) = (data.training, data.test, data.classNames)
        (dataSummary, dataNotes, preparation) = (data.summary, data.notes, data.preparation)
        modelSummary = "\(settings.model.name), perceptron \(widths.map(String.init).joined(separator: "-"))"
    }

    /// The negative log likelihood of the samples, and their share of the negative log prior.
    func loss(_ batch: BayesBatch, _ context: ForwardContext) -> SummedLoss {
        let outputs = network.training(batch.inputs, context)
        let likelihood = outputs.map { negativeLogLikelihood($0, batch) }.reduce(Tensor(0), +)
        let share = Float(Double(batch.samples.count) / Double(max(1, trainingData.count)))
        let sum = likelihood + negativeLogPrior * share
        let (nll, count) = (Double(likelihood.scalar), Double(batch.samples.count * outputs.count))
        return SummedLoss(
            sum: sum, count: batch.samples.count, metrics: [NamedSum("nll", sum: nll, count: count)])
    }

    /// -ln p of each sample, summed.
    private func negativeLogLikelihood(_ outputs: Tensor, _ batch: BayesBatch) -> Tensor {
        if !classNames.isEmpty {
            return outputs.softmaxCrossEntropy(labels: Indices(batch.targets.map { Int32($0) })).sum()
        }
        let (mean, logVariance) = (outputs[0..., 0..<1], outputs[0..., 1..<2])
        let error = Tensor(batch.targets, shape: [batch.targets.count, 1]) - mean
        // ½(ln 2π + ln σ² + (y - μ)²/σ²)
        return (error * error * (-logVariance).exp() + logVariance).sum() * 0.5
            + Float(0.918938533204672742 * Double(batch.targets.count))
    }

    private var negativeLogPrior: Tensor {
        let precision = Float(0.5 / (settings.prior * settings.prior))
        func squares(_ model: any Parameterized) -> Tensor {
            model.parameters.named.map { ($0.parameter.value * $0.parameter.value).sum() }
                .reduce(Tensor(0), +) * precision
        }
        switch network {
        case .variational(let layers):
            return layers.map { $0.divergence(prior: settings.prior) }.reduce(Tensor(0), +) * Float(settings.klWeight)
        case .dropout(let network): return squares(network)
        case .ensemble(let networks): return networks.map(squares).reduce(Tensor(0), +)
        case .chain(let network, _): return squares(network)
        }
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<BayesBatch>> {
        guard case .chain(let chain, let samples) = network else {
            return try setup.makeRule(model.parameters) { loss($0, $1) }
        }
        return LangevinStep(
            chain, samples, learner: try setup.makeLearner(["network": chain.parameters], named: "chain"),
            keeper: try setup.makeLearner(["samples": samples.parameters], named: "samples"),
            nonFinite: setup.nonFinite,
            noise: LangevinNoise(
                seed: seed, count: trainingData.count,
                friction: 1 - setup.settings[SGDSettings.self].momentum),
            settings: settings, loss: loss)
    }

    /// Draws of predictions of each sample, and how well they are calibrated.
    func evaluate(_ batch: BayesBatch) -> EvaluationSums {
        func outputs(_ x: Tensor, _ purpose: Int) -> [Tensor] {
            let context = ForwardContext.training(
                SampleRandomness(seed: seed, step: purpose, samples: batch.samples))
            return network.predictions(x, draws: settings.draws, context).map(\.detached)
        }
        let found = outputs(batch.inputs, 0)
        guard !classNames.isEmpty else {
            var scores = IntervalScores()
            for (row, target) in batch.targets.enumerated() {
                scores.add(
                    target: Double(target),
                    draws: found.map { (Double($0.values[2 * row]), Double($0.values[2 * row + 1])) })
            }
            return EvaluationSums(
                loss: scores.loss, terms: Double(batch.targets.count), correct: nil, samples: batch.targets.count,
                details: scores.details)
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
            loss: scores.loss, terms: Double(batch.targets.count), correct: scores.correct,
            samples: batch.targets.count, details: scores.details)
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

/// The noise of Langevin dynamics belongs to another optimizer.
struct NotLangevin: Error, CustomStringConvertible {
    let optimizer: String
    var description: String {
        "the noise of sgld and sghmc is that of gradient descent, but optimizer.name is \(optimizer); set it to sgd"
    }
}
