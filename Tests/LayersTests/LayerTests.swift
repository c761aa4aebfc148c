import Foundation
import Kernels
import Layers
import TensorEngine
import Testing

@Suite("Layers")
struct LayerTests {
    @Test("A perceptron's parameters have names, shapes and places")
    func names() {
        var random = InitializationRandom(seed: 1)
        let model = MultilayerPerceptron(widths: [4, 3, 2], random: &random)
        let named = model.parameters.named
        #expect(named.map(\.name) == ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"])
        #expect(named.map(\.parameter.shape) == [[4, 3], [3], [3, 2], [2]])
        #expect(ParameterArena(model.parameters).elementCount == 23)
    }

    @Test("A perceptron's activations and connections are those of its formula", arguments: perceptrons)
    func connections(
        activation: MultilayerPerceptron.Nonlinearity, connections: MultilayerPerceptron.Connections, expected: Float
    ) {
        var random = InitializationRandom(seed: 1)
        let model = MultilayerPerceptron(
            widths: [2, 2, 3, 1], activation: activation, connections: connections, random: &random)
        for (index, parameter) in model.parameters.named.map(\.parameter).enumerated() {
            // all weights ½, all biases -1 or 1
            let value: Float = index % 2 == 0 ? 0.5 : index == 1 ? -1 : 1
            parameter.assign(Tensor(repeating: value, shape: parameter.shape))
        }
        #expect(abs(model(Tensor([1, 2], shape: [1, 2])).values[0] - expected) < 1e-6)
    }

    static let perceptrons: [(MultilayerPerceptron.Nonlinearity, MultilayerPerceptron.Connections, Float)] = {
        // of x = [1, 2], units h = f(3/2 - 1), then g = f(h + 1), then 3g/2 + 1
        func plain(_ f: (Double) -> Double) -> Float { Float(1.5 * f(f(0.5) + 1) + 1) }
        // [1, 2, h, h], then g of half their sum + 1, then half the sum of all seven + 1
        func dense(_ f: (Double) -> Double) -> Float {
            let sum = 3 + 2 * f(0.5)
            return Float((sum + 3 * f(sum / 2 + 1)) / 2 + 1)
        }
        let silu = { (x: Double) in x / (1 + exp(-x)) }
        return [
            (.relu, .plain, plain { $0 }), (.tanh, .plain, plain(tanh)), (.elu, .plain, plain { $0 }),
            (.sigmoid, .plain, plain { 1 / (1 + exp(-$0)) }), (.silu, .plain, plain(silu)),
            (.gelu, .plain, plain { $0 * 0.5 * (1 + erf($0 / 2.0.squareRoot())) }),
            // x + h = [1.5, 2.5], then 3 units of 4/2 + 1, to which two inputs are not added, then 9/2 + 1
            (.relu, .residual, 5.5), (.relu, .dense, dense { $0 }), (.tanh, .dense, dense(tanh)),
        ]
    }()

    @Test("A sequence applies its modules in order, and names them by place")
    func sequential() {
        var random = InitializationRandom(seed: 1)
        let first = Linear(2, 3, random: &random)
        let model = Sequential(first, Activation.relu, Linear(3, 1, random: &random))
        #expect(model.parameters.named.map(\.name) == ["0.weight", "0.bias", "2.weight", "2.bias"])
        first.weight.assign(Tensor([1, -1, 2, 0, 0, -1], shape: [2, 3]))
        first.bias?.assign(Tensor([0.5, 0.5, 0.5]))
        model.parameters.named[2].parameter.assign(Tensor([1, 10, 100], shape: [3, 1]))
        // x·W + b = [1.5, -0.5, 1.5] for x = [1, 1]; ReLU makes the second 0
        #expect(model(Tensor([1, 1], shape: [1, 2])).values == [151.5])
    }

    @Test("A model begins the same for the same seed, and otherwise for another")
    func initialization() {
        func weights(_ seed: UInt64) -> [Float] {
            var random = InitializationRandom(seed: seed)
            return MultilayerPerceptron(widths: [5, 4, 3], random: &random).parameters.named.flatMap {
                $0.parameter.value.values
            }
        }
        #expect(weights(1) == weights(1))
        #expect(weights(1) != weights(2))
    }

    /// Initializers for 300 inputs and 200 outputs, and the variance that each is defined by.
    static let initializers: [(Initializer, Double)] = [
        (Initializer.heNormal, 2.0 / 300), (Initializer.heUniform, 2.0 / 300),
        (Initializer.xavierNormal, 2.0 / 500), (Initializer.xavierUniform, 2.0 / 500),
        (Initializer.normal(deviation: 0.3), 0.09), (Initializer.uniform(bound: 0.6), 0.12),
    ]

    @Test("An initializer has the variance of its definition", arguments: initializers)
    func variances(initializer: Initializer, expected: Double) {
        var random = InitializationRandom(seed: 3)
        let values = initializer.parameter(shape: [300, 200], fanIn: 300, fanOut: 200, random: &random).value.values
        let mean = values.reduce(0.0) { $0 + Double($1) } / 60_000
        let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 60_000
        // five standard errors: σ/√n, and σ²·√(2/n) for a normal distribution, less for a uniform one
        #expect(abs(mean) < 5 * (expected / 60_000).squareRoot())
        #expect(abs(variance / expected - 1) < 0.03)
    }

    @Test("Dropout is the identity outside of training, and keeps the mean in training")
    func dropout() {
        let x = Tensor(repeating: 1, shape: [100, 300])
        let layer = Dropout(0.25)
        #expect(layer(x).values == x.values)
        let y = layer(x, .training(SampleRandomness(seed: 1, step: 1, samples: Array(0..<100)))).values
        #expect(Set(y) == [0, Float(1) / 0.75])
        // five standard errors of the mean: 5·√(p/(1-p)/n)
        #expect(abs(y.reduce(0.0) { $0 + Double($1) } / 30_000 - 1) < 0.017)
    }

    @Test(
        "Dropout falls on the same elements of a sample, whoever computes it, and on others in the next layer and step")
    func dropoutIsKeyedBySample() {
        let x = Tensor(repeating: 1, shape: [4, 50])
        func rows(_ step: Int, _ samples: [Int], calls: Int = 1) -> [[Float]] {
            let context = ForwardContext.training(SampleRandomness(seed: 1, step: step, samples: samples))
            var y = x
            for _ in 0..<calls { y = Dropout(0.5)(x, context) }
            return (0..<4).map { Array(y.values[($0 * 50)..<(($0 + 1) * 50)]) }
        }
        let first = rows(7, [10, 11, 12, 13])
        let other = rows(7, [12, 99, 10, 4])
        #expect(first[2] == other[0] && first[0] == other[2])
        #expect(first[0] != first[1])
        #expect(first != rows(8, [10, 11, 12, 13]))
        #expect(first != rows(7, [10, 11, 12, 13], calls: 2))
    }

    @Test("Losses are sums with counts")
    func losses() {
        let logits = Tensor([0, 0, 1e4, -1e4], shape: [2, 2])
        let crossEntropy = softmaxCrossEntropy(logits, Indices([1, 1]))
        // ln 2, and 2·10⁴ without overflow
        #expect(crossEntropy.count == 2)
        #expect(abs(crossEntropy.sum.scalar - (20_000 + 0.6931472)) < 0.01)
        let squares = squaredError(Tensor([1, 2, 3]), Tensor([1, 0, 0]))
        #expect(squares.sum.scalar == 13)
        #expect(squares.count == 3)
        #expect(squares.mean.scalar == Float(13) * (Float(1) / 3))
    }

    @Test("The largest logit counts as the answer, the first of equal ones")
    func accuracy() {
        let logits = Tensor([1, 2, 0, 5, 5, 0, -1, -2, -3], shape: [3, 3])
        #expect(correctCount(logits, Indices([1, 0, 0])) == 3)
        #expect(correctCount(logits, Indices([1, 1, 2])) == 1)
    }
}
