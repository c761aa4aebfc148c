import Datasets
import Foundation
import LearningRecipes
import Settings
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("The recipes of brain-like learning")
struct BrainTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
    }

    private static let samples = [1, 2, 4, 7]

    private func feedback(_ model: String) throws -> LearningTask {
        try LearningTask(FeedbackAlignmentRecipe(), ["model.name=\(model)"], in: folder)
    }

    @Test(
        "All ways back have the loss of backpropagation and its gradient of the last layer",
        arguments: ["fa", "dfa", "usf"])
    func sameForward(model: String) throws {
        let expected = try feedback("backpropagation").loss(of: Self.samples)
        let found = try feedback(model).loss(of: Self.samples)
        #expect(isClose(Double(found.sum), Double(expected.sum)))
        let name = "layers.4.weight"
        for (a, b) in zip(try #require(found.gradients[name]), try #require(expected.gradients[name])) {
            #expect(isClose(Double(a), Double(b)))
        }
        #expect(found.gradients["layers.0.weight"] != expected.gradients["layers.0.weight"])
    }

    /// uSF's feedback is sign(W)·√(2 / fan in): weights of that size are their own feedback.
    @Test("Sign symmetry is backpropagation where all weights have the size of the feedback")
    func signSymmetry() throws {
        func gradients(_ model: String) throws -> [String: [Float]] {
            let made = try feedback(model)
            for (name, parameter) in made.parameters where name.hasSuffix("weight") {
                let size = (2 / Float(parameter.shape.count / parameter.shape.innermost)).squareRoot()
                made.assign(name, parameter.value.values.map { $0 > 0 ? size : -size })
            }
            return try made.loss(of: Self.samples).gradients
        }
        let (expected, found) = (try gradients("backpropagation"), try gradients("usf"))
        for (name, values) in expected {
            let scale = Double(values.map(abs).max() ?? 0)
            #expect(scale > 0)
            for (a, b) in zip(try #require(found[name]), values) {
                #expect(abs(Double(a - b)) <= 1e-3 * scale, "\(name)")
            }
        }
    }

    /// With an output layer of zeros the error is e = softmax(0) - one-hot, the same for any image: backpropagation tells the
    /// layer before nothing, fixed feedback B·e. Over all ten labels of one image e adds up to 0, and so does B·e.
    @Test(
        "Fixed feedback is linear in the error, and independent of the weights",
        arguments: ["fa", "dfa", "backpropagation"])
    func fixedFeedback(model: String) throws {
        let made = try feedback(model)
        made.assign("layers.4.weight", [Float](repeating: 0, count: 840))
        let images = try #require(made.task.trainingData as? LabeledImages)
        let labels = images.batch(of: Array(0..<images.count)).labels.values
        let chosen = try (0..<10).map { label in try #require(labels.firstIndex(of: label)) }
        // a layer whose outputs are all 1, for any image
        made.assign("layers.3.weight", [Float](repeating: 0, count: 120 * 84))
        made.assign("layers.3.bias", [Float](repeating: 1, count: 84))
        let parts = try chosen.map { try #require(try made.loss(of: [$0]).gradients["layers.3.bias"]) }
        for part in parts { #expect(part.contains { abs($0) > 1e-3 } == (model != "backpropagation")) }
        for unit in 0..<84 { #expect(abs(parts.reduce(0) { $0 + $1[unit] }) < 1e-5) }
    }

    /// Layers whose weights are 0 have the goodness of their biases: mean b² of those above 0.
    @Test("Forward-forward costs ln(1 + e^(θ - g)) + ln(1 + e^(g - θ)) for each layer and image")
    func forwardForward() throws {
        let made = try LearningTask(
            ForwardForwardRecipe(), ["model.hidden=[4, 2]", "forward_forward.threshold=1.5"], in: folder)
        made.assignAll(0)
        made.assign("layers.0.bias", [1, -1, 2, 0])
        made.assign("layers.1.bias", [0.5, 3])
        let goodness = [5.0 / 4, 9.25 / 2]
        let expected = goodness.reduce(0) { $0 + softplus(1.5 - $1) + softplus($1 - 1.5) }
        let found = try made.loss(of: Self.samples)
        #expect(isClose(Double(found.sum), 4 * expected))
        #expect(isClose(try #require(found.metrics["goodness_true"]), (goodness[0] + goodness[1]) / 2))
        // the gradient of a layer is that of its own goodness: (σ(g - θ) - σ(θ - g))·2b/width for each image
        func slope(_ layer: Int, _ bias: Double, _ width: Double) -> Double {
            let x = goodness[layer] - 1.5
            return 4 * (1 / (1 + exp(-x)) - 1 / (1 + exp(x))) * 2 * bias / width
        }
        let (first, second) = (
            try #require(found.gradients["layers.0.bias"]), try #require(found.gradients["layers.1.bias"])
        )
        for (found, expected) in [
            (first[0], slope(0, 1, 4)), (first[1], 0), (first[2], slope(0, 2, 4)), (second[1], slope(1, 3, 2)),
        ] { #expect(isClose(Double(found), expected)) }
    }

    @Test(
        "A Hebbian step is Σ y·xᵀ - L(y·yᵀ)·W, with all of y·yᵀ in Oja's rule and its lower triangle in Sanger's",
        arguments: ["oja", "sanger"])
    func hebbian(model: String) throws {
        let made = try LearningTask(HebbianRecipe(), ["model.name=\(model)", "model.width=2"], in: folder)
        let weights = [0, 1].map { unit in (0..<784).map { 0.1 * cos(Double($0 * (unit + 1))) } }
        made.assign("weight", weights.joined().map(Float.init))
        let all = try LearningTask.pixels(folder, Array(0..<600))
        let mean = (0..<784).map { pixel in all.reduce(0.0) { $0 + Double($1[pixel]) } / 600 }
        var change = [[Double]](repeating: [Double](repeating: 0, count: 784), count: 2)
        var error = 0.0
        for sample in Self.samples {
            let x = zip(all[sample], mean).map { Double($0) - $1 }
            let y = weights.map { zip($0, x).reduce(0) { $0 + $1.0 * $1.1 } }
            for pixel in 0..<784 {
                for unit in 0..<2 {
                    let seen = (0..<(model == "oja" ? 2 : unit + 1)).reduce(0.0) { $0 + y[$1] * weights[$1][pixel] }
                    change[unit][pixel] += y[unit] * (x[pixel] - seen)
                }
                error += pow(x[pixel] - y[0] * weights[0][pixel] - y[1] * weights[1][pixel], 2)
            }
        }
        let found = try made.loss(of: Self.samples)
        #expect(isClose(Double(found.sum), error))
        let scale = change.joined().map(abs).max() ?? 0
        for (a, b) in zip(try #require(found.gradients["weight"]), change.joined()) {
            #expect(isClose(Double(a), -b, scale: scale))
        }
    }

    /// Weights of 0: each neuron has the constant current of its bias, and is simulated here.
    @Test("Spiking neurons leak, fire above 1, and are reset by 1", arguments: ["constant", "rate", "latency"])
    func spiking(coding: String) throws {
        let made = try LearningTask(
            SpikingRecipe(), ["model.hidden=[2]", "spiking.steps=7", "spiking.decay=0.9", "spiking.coding=\(coding)"],
            in: folder)
        made.assignAll(0)
        let (currents, spread) = ([0.3, 1.2], (0..<10).map { 0.05 * Double($0) })
        made.assign("layers.0.bias", currents.map(Float.init))
        made.assign("layers.1.bias", spread.map(Float.init))
        func simulate(_ current: Double) -> (potentials: [Double], spikes: Int) {
            var (u, spiked, count, potentials) = (0.0, false, 0, [Double]())
            for _ in 0..<7 {
                u = 0.9 * u + current - (spiked ? 1 : 0)
                spiked = u > 1
                count += spiked ? 1 : 0
                potentials.append(u)
            }
            return (potentials, count)
        }
        let outputs = spread.map { simulate($0).potentials }
        let labels = try #require(made.task.trainingData as? LabeledImages).batch(of: Self.samples).labels.values
        let expected = (0..<7).reduce(0.0) { sum, step in
            let total = log(outputs.reduce(0) { $0 + exp($1[step]) })
            return sum + labels.reduce(0) { $0 + total - outputs[Int($1)][step] }
        }
        let found = try made.loss(of: Self.samples)
        #expect(isClose(Double(found.sum), expected))
        let spikes = currents.reduce(0) { $0 + simulate($1).spikes }
        #expect(spikes > 3)
        #expect(isClose(try #require(found.metrics["firing_rate"]), Double(spikes) / 14))
    }

    /// One step: u₁ = b₁, s = [u₁ > 1], u₂ = s·W₂ + b₂. So ∂L/∂b₁ = (softmax(u₂) - one-hot)·W₂ᵀ / (1 + π²(u₁ - 1)²).
    @Test("The derivative of a spike is 1 / (1 + π²x²) at the distance x from the threshold")
    func surrogate() throws {
        let made = try LearningTask(SpikingRecipe(), ["model.hidden=[2]", "spiking.steps=1"], in: folder)
        made.assignAll(0)
        let biases = [0.8, 1.3]
        made.assign("layers.0.bias", biases.map(Float.init))
        let weights = (0..<20).map { sin(Double($0)) }
        made.assign("layers.1.weight", weights.map(Float.init))
        let label = Int(try #require(made.task.trainingData as? LabeledImages).batch(of: [4]).labels.values[0])
        // only the second one fires
        let exponentials = (0..<10).map { exp(weights[10 + $0]) }
        let error = (0..<10).map { exponentials[$0] / exponentials.reduce(0, +) - ($0 == label ? 1 : 0) }
        let found = try #require(try made.loss(of: [4]).gradients["layers.0.bias"])
        for (unit, bias) in biases.enumerated() {
            let slope = (0..<10).reduce(0.0) { $0 + error[$1] * weights[10 * unit + $1] }
            #expect(isClose(Double(found[unit]), slope / (1 + pow(Double.pi * (bias - 1), 2))))
        }
    }
}
