import Kernels
import Layers
import TensorEngine
import Testing

@Suite("A module that is computed again in the backward pass")
struct RecomputedTests {
    /// What a training pass gives: loss, gradients, and the order in which they became final.
    private struct Pass: Equatable {
        var loss: [Float] = []
        var gradients: [String: [UInt32]] = [:]
        var order: [String] = []
        var statistics: [[UInt32]] = []
    }

    private func values(_ shape: Shape, _ stream: UInt64) -> Tensor {
        var generator = PhiloxGenerator(seed: 4, purpose: .test, stream: stream)
        return Tensor(shape: shape) { generator.fill($0, uniformIn: -1...1) }
    }

    private func pass(_ tree: ParameterTree, samples: Int, _ compute: (ForwardContext) -> Tensor) -> Pass {
        let context = ForwardContext.training(SampleRandomness(seed: 7, step: 3, samples: Array(0..<samples)))
        var pass = Pass()
        let named = tree.named
        pass.loss =
            valueAndGradients(
                of: named.map(\.parameter),
                whenReady: { index, gradient in
                    pass.order.append(named[index].name)
                    pass.gradients[named[index].name] = gradient.values.map(\.bitPattern)
                },
                loss: {
                    let output = compute(context)
                    return (output * values(output.shape, 99)).sum()
                }
            ).values
        pass.statistics = tree.namedStatistics.map { _, statistic in
            let record = statistic.takeRecord()
            return withExtendedLifetime(record) { record?.elements.map(\.bitPattern) ?? [] }
        }
        return pass
    }

    private func isSame(_ found: Pass, as expected: Pass) {
        #expect(found.loss == expected.loss)
        #expect(found.gradients == expected.gradients)
        #expect(found.statistics == expected.statistics)
        #expect(found.order.count == expected.gradients.count, "each parameter is handed out once")
    }

    @Test("GPT with dropout: the same bits, each gradient once")
    func gpt() {
        func pass(recomputes: Bool) -> Pass {
            var sizes = GPT.Sizes(layers: 3, heads: 2, width: 16, context: 8, vocabulary: 11)
            (sizes.dropout, sizes.recomputes) = (0.2, recomputes)
            var random = InitializationRandom(seed: 2)
            let model = GPT(sizes, random: &random)
            let tokens = Indices((0..<24).map { Int32($0 * 7 % 11) }, shape: [3, 8])
            return self.pass(model.parameters, samples: 3) { model(tokens, $0) }
        }
        isSame(pass(recomputes: true), as: pass(recomputes: false))
    }

    @Test("A residual network: the same bits, and running statistics take in the pass once")
    func residualNetwork() {
        func pass(recomputes: Bool, shortcut: ResidualBlock.Shortcut) -> Pass {
            var random = InitializationRandom(seed: 2)
            let model = ResidualNetwork(
                depth: 8, channels: 2, shortcut: shortcut, recomputes: recomputes, random: &random)
            return self.pass(model.parameters, samples: 4) { model(values([4, 8, 8, 2], 1), $0) }
        }
        for shortcut in [ResidualBlock.Shortcut.padding, .projection] {
            let expected = pass(recomputes: false, shortcut: shortcut)
            #expect(expected.statistics.allSatisfy { !$0.isEmpty })
            isSame(pass(recomputes: true, shortcut: shortcut), as: expected)
        }
    }

    @Test("One within another, with a parameter used twice within and its like outside")
    func nested() {
        func pass(_ wrap: (any Module) -> any Module) -> Pass {
            var random = InitializationRandom(seed: 3)
            let shared = Linear(6, 6, random: &random)
            let inner = wrap(Sequential(Dropout(0.3), shared, Activation.tanh))
            let model = Sequential(wrap(Sequential(inner, Linear(6, 6, random: &random), inner)), Dropout(0.5))
            return self.pass(model.parameters, samples: 5) { model(values([5, 6], 2), $0) }
        }
        isSame(pass { Recomputed($0) }, as: pass { $0 })
    }

    @Test("The Hessian times a vector is that of the module itself")
    func secondOrder() {
        func product(_ wrap: (any Module) -> any Module) -> [Float] {
            var random = InitializationRandom(seed: 3)
            let model = wrap(Sequential(Linear(4, 5, random: &random), Activation.tanh, Linear(5, 2, random: &random)))
            let parameters = model.parameters.named.map(\.parameter)
            let vector = parameters.enumerated().map { values($1.shape, UInt64($0)) }
            let context = ForwardContext.training(SampleRandomness(seed: 1, step: 1, samples: [0, 1, 2]))
            return hessianVectorProduct(of: parameters, with: vector) {
                let y = model(values([3, 4], 8), context)
                return (y * y).sum()
            }.flatMap(\.values)
        }
        let (found, expected) = (product { Recomputed($0) }, product { $0 })
        #expect(expected.contains { abs($0) > 0.1 })
        for (found, expected) in zip(found, expected) { #expect(abs(found - expected) <= 1e-5 * max(1, abs(expected))) }
    }

    @Test("Of its inner values it keeps none")
    func memory() {
        func isKept(_ wrap: (Tensor, @escaping (Tensor) -> Tensor) -> Tensor) -> Bool {
            weak var inner: Buffer?
            let y = wrap(Tensor([1, 2]).tracked) {
                let x = $0.tanh()
                inner = x.buffer
                return x.exp()
            }
            return withExtendedLifetime(y) { inner != nil }
        }
        #expect(isKept { $1($0) })
        #expect(!isKept { x, compute in recomputed(x, [:]) { x, _ in compute(x) } })
    }
}
