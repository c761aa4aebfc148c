import Lockstep
import Testing

/// The identity, with the gradient times -λ. Source: Ganin and Lempitsky, 2015.
private func reversed(_ x: Tensor, by lambda: Float) -> Tensor {
    customGradient(x, forward: { $0 }, vjp: { cotangent, _, _ in cotangent * -lambda })
}

/// A spike where the membrane is above 0, with the surrogate derivative 1/(1 + |x|)². Source: Zenke and Ganguli, 2018.
private func spike(_ x: Tensor) -> Tensor {
    customGradient(
        x, forward: { $0 .> 0 },
        vjp: { cotangent, x, _ in cotangent * (1 + x.absoluteValue()).pow(-2) })
}

/// 1 or -1, with the gradient of the identity within [-1, 1]. Source: Bengio, Léonard, Courville, 2013.
private func sign(_ x: Tensor) -> Tensor {
    customGradient(
        x, forward: { Tensor.where($0 .>= 0, Tensor(1), -1) },
        vjp: { cotangent, x, _ in cotangent * (x.absoluteValue() .<= 1) })
}

@Suite("Backward rules of a user's own")
struct BackwardRuleTests {
    @Test("Gradient reversal trains the features against the domain classifier, equal on 1, 2 and 3 ranks")
    func domainAdversary() throws {
        // L = Σ (w·x)² + softplus(-v·w·x): by w 2wx² + λ·v·x·σ(-vwx), by v -w·x·σ(-vwx), at w = 0.5, v = -2
        let lambda = 0.3
        let found = try onOneToThreeRanks {
            ["v": Parameter(Tensor(-2)), "w": Parameter(Tensor(0.5))] as ParameterTree
        } loss: { model, sample in
            let named = model.parameters.named
            let feature = named[1].parameter.value * Float(sample - 2)
            return feature * feature + (-(named[0].parameter.value * reversed(feature, by: 0.3))).softplus()
        }
        var expected = [0.0, 0.0]
        for sample in 0..<6 {
            let (x, v, w) = (Double(sample - 2), -2.0, 0.5)
            let rate = 1 / (1 + exponential(v * w * x))
            expected[0] -= w * x * rate
            expected[1] += 2 * w * x * x + lambda * v * x * rate
        }
        expectClose(found.gradients, expected)
    }

    private func exponential(_ x: Double) -> Double { Double(Tensor(Float(x)).exp().scalar) }

    @Test("Surrogate and straight-through gradients replace a derivative that is 0, to any order")
    func surrogates() {
        let x = Tensor([-3, -0.5, 0, 0.25, 1]).tracked
        let weights = Tensor([1, 2, 3, 4, 5])
        let spikes = spike(x)
        #expect(spikes.values == [0, 0, 0, 1, 1])
        let first = gradients(of: (spikes * weights).sum(), withRespectTo: [x], createsGraph: true)[0]
        // w/(1 + |x|)²
        expectClose(first.values, [1.0 / 16, 2 / 2.25, 3, 4 / 1.5625, 5.0 / 4])
        // -2·w·sign(x)/(1 + |x|)³
        let second = gradients(of: first.sum(), withRespectTo: [x])[0]
        expectClose(second.values, [2.0 / 64, 4 / 3.375, 0, -8 / 1.953125, -10.0 / 8])

        let signs = sign(x)
        #expect(signs.values == [-1, -1, 1, 1, 1])
        #expect(gradients(of: (signs * weights).sum(), withRespectTo: [x])[0].values == [0, 2, 3, 4, 5])
    }

    @Test("A rule may leave an input out; no gradient flows through a detached tensor")
    func constants() {
        let (a, b) = (Tensor([2, 3]).tracked, Tensor([5, 7]).tracked)
        let product = customGradient(
            [a, b], forward: { $0[0] * $0[1] },
            vjp: { cotangent, inputs, output in [cotangent * inputs[1] * output, nil] })
        let found = gradients(of: product.sum() + (a.detached * b).sum(), withRespectTo: [a, b])
        #expect(found.map(\.values) == [[50, 147], [2, 3]])
    }

    @Test("A tracked tensor that the rule does not know is refused")
    func unknownDependence() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let (x, y) = (Tensor(1).tracked, Tensor(2).tracked)
            _ = customGradient(x, forward: { $0 * y }, vjp: { cotangent, _, _ in cotangent })
        }
        let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(message.contains("customGradient: forward uses a tracked tensor that is not among its inputs"))
    }
}
