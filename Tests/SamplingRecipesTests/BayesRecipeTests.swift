import Foundation
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("The recipe bayes")
struct BayesRecipeTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
        try folder.write(ExampleTexts.table().utf8, to: "table.csv")
    }

    private func images(_ model: String, _ values: String...) throws -> SamplingTask {
        try SamplingTask(
            "bayes", ["data.path=\(folder("data"))", "model.name=\(model)", "model.hidden=[6]"] + values)
    }

    private static let samples = [1, 2, 4, 7]

    /// ln(1 + eᵖ).
    private static func softplus(_ p: Float) -> Double { max(Double(p), 0) + log1p(exp(-abs(Double(p)))) }

    /// Σ ln(s/σ) + (σ² + μ²)/(2s²) - ½ over all weights and biases, a share n/N of which is that of n samples.
    @Test("adds the divergence of the weights from their prior, by the share of the samples")
    func divergence() throws {
        let made = try images("backprop", "bayes.prior=0.5", "bayes.kl_weight=0.7")
        let values = Dictionary(uniqueKeysWithValues: made.parameters.map { ($0.name, $0.parameter.value.values) })
        var expected = 0.0
        for (name, spreads) in values where name.hasSuffix("spread") {
            let mean = name.hasSuffix("bias_spread") ? "bias_mean" : "mean"
            let means = try #require(values[name.split(separator: ".").dropLast().joined(separator: ".") + "." + mean])
            for (mean, spread) in zip(means, spreads) {
                let deviation = Self.softplus(spread)
                #expect(abs(deviation - 0.02) < 1e-6)
                let square = deviation * deviation + Double(mean) * Double(mean)
                expected += log(0.5 / deviation) + square / 0.5 - 0.5
            }
        }
        expected *= 0.7 * 4 / Double(made.trainingCount)
        let found = try made.loss(of: Self.samples)
        let likelihood = try #require(found.metrics.first { $0.name == "nll" })
        #expect(abs(found.sum - likelihood.sum - expected) < 1e-3 * expected)
        #expect(found.count == 4 && likelihood.count == 4)
    }

    private func table(_ model: String, _ values: String...) throws -> SamplingTask {
        try SamplingTask(
            "bayes",
            [
                "data.path=\(folder("table.csv"))", "csv.target=sum", "data.test_fraction=0.5", "model.name=\(model)",
            ] + values)
    }

    /// Six hidden units of standard normal biases: after ReLU each has the variance ½ - 1/2π, and so their sum; the prediction adds
    /// a variance of e⁰.
    @Test("draws outputs of the variance that the weights have")
    func reparameterization() throws {
        let made = try table("backprop", "model.hidden=[6]", "bayes.draws=400")
        for (name, parameter) in made.parameters {
            var values = [Float](repeating: name.hasSuffix("spread") ? -40 : 0, count: parameter.shape.count)
            if name == "layers.0.bias_spread" { values = values.map { _ in Float(log(expm1(1.0))) } }
            // [hidden, 2]: mean and logarithm of the variance
            if name == "layers.1.mean" { values = values.indices.map { $0 % 2 == 0 ? 1 : 0 } }
            parameter.assign(Tensor(values, shape: parameter.shape))
        }
        let found = try made.evaluate(Array(0..<10))
        let expected = (1 + 6 * (0.5 - 0.5 / Double.pi)).squareRoot()
        #expect(abs(try #require(found.metrics["predicted_sd"]) / expected - 1) < 0.03)
    }

    @Test("predicts with the mean of the members' probabilities")
    func ensemble() throws {
        let made = try images("ensemble", "bayes.members=2")
        // constant outputs: class 0 has the odds e² in one network, class 1 in the other
        for (name, parameter) in made.parameters {
            var values = [Float](repeating: 0, count: parameter.shape.count)
            if name == "members.0.layers.1.bias" { values[0] = 2 }
            if name == "members.1.layers.1.bias" { values[1] = 2 }
            parameter.assign(Tensor(values, shape: parameter.shape))
        }
        let (high, low) = (exp(2.0) / (exp(2.0) + 9), 1 / (exp(2.0) + 9))
        let found = try made.evaluate(Self.samples)
        let mean = (high + low) / 2
        let entropy = -2 * mean * log(mean) - 8 * low * log(low)
        let memberEntropy = -high * log(high) - 9 * low * log(low)
        #expect(abs(try #require(found.metrics["entropy"]) - entropy) < 1e-5)
        #expect(abs(try #require(found.metrics["mutual_information"]) - (entropy - memberEntropy)) < 1e-5)
        // classes 0 and 1 are equally likely: the first is taken
        let classified = try #require(found.sums.classified)
        #expect(classified.predictions == [0, 0, 0, 0])
        #expect(abs(Double(classified.probabilities[0]) - mean) < 1e-6)
    }

    @Test("covers numbers by its predicted intervals")
    func intervals() throws {
        let made = try table("dropout", "model.dropout=0", "model.hidden=[4]")
        // the standardized target's own mean and variance
        for (_, parameter) in made.parameters {
            parameter.assign(Tensor(repeating: 0, shape: parameter.shape))
        }
        let found = try made.evaluate(Array(0..<10))
        // a standard normal prediction of each target y: ½ln 2π + y²/2
        let rmse = try #require(found.metrics["rmse"])
        #expect(abs(found.sums.loss / 10 - (0.5 * log(2 * Double.pi) + rmse * rmse / 2)) < 1e-4)
        #expect(abs(try #require(found.metrics["predicted_sd"]) - 1) < 1e-6)
        let covered = try [50, 80, 90, 95].map { try #require(found.metrics["coverage_\($0)"]) }
        #expect(covered == covered.sorted() && covered[0] < 1 && covered[3] > 0.5)
    }

    @Test("keeps weights of a chain, and says which optimizer its noise belongs to")
    func chains() throws {
        let made = try images("sgld", "bayes.draws=3")
        #expect(made.parameter("samples.layers_0_weight")?.shape.sizes == [3, 784, 6])
        let error = #expect(throws: (any Error).self) { try images("sgld", "optimizer.name=adam") }
        #expect("\(try #require(error))".contains("set it to sgd"))
    }
}
