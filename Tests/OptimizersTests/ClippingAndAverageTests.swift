import Kernels
import Optimizers
import TensorEngine
import Testing

@Suite("Clipping")
struct ClippingTests {
    /// Sums over 4 terms; the mean gradient is a = (3, -4, 0), b = (0, 12): norms 5, 12 and 13.
    private static func example() -> (arena: ParameterArena, gradients: GradientBuffer) {
        let arena = ParameterArena([
            "a": Parameter(Tensor([0, 0, 0])), "b": Parameter(Tensor([0, 0])),
        ])
        let buffer = arena.zeros()
        for (place, value) in [(0, Float(12)), (1, -16), (17, 48)] { buffer.pointer[place] = value }
        return (arena, GradientBuffer(buffer))
    }

    /// The gradient that is followed, element by element, and the norm that was measured.
    private static func clipped(_ make: (ParameterArena) -> GradientClipping) -> ([Float], Double?) {
        let (arena, gradients) = example()
        let before = gradients.values
        let result = make(arena).apply(to: gradients, count: 4)
        // they may lie in memory that the ranks share
        #expect(gradients.values == before)
        return ([0, 1, 2, 16, 17].map { result.gradients.values[$0] * result.scale }, result.norm)
    }

    @Test("Without bounds only the mean is taken, and the norm measured when asked for")
    func none() {
        let (arena, gradients) = Self.example()
        let result = GradientClipping(arena).apply(to: gradients, count: 4, measuresNorm: true)
        #expect(result.scale == 0.25 && result.norm == 13)
        #expect(GradientClipping(arena).apply(to: gradients, count: 4).norm == nil)
    }

    @Test("by value")
    func value() { #expect(Self.clipped { GradientClipping($0, value: 3.5) }.0 == [3, -3.5, 0, 0, 3.5]) }

    @Test("by the norm of each parameter")
    func parameterNorm() {
        #expect(Self.clipped { GradientClipping($0, parameterNorm: 10) }.0 == [3, -4, 0, 0, 10])
        #expect(Self.clipped { GradientClipping($0, parameterNorm: 2.5) }.0 == [1.5, -2, 0, 0, 2.5])
    }

    @Test("by the norm of all")
    func globalNorm() {
        let (gradient, norm) = Self.clipped { GradientClipping($0, globalNorm: 6.5) }
        #expect(gradient == [1.5, -2, 0, 0, 6] && norm == 13)
        #expect(Self.clipped { GradientClipping($0, globalNorm: 14) }.0 == [3, -4, 0, 0, 12])
    }

    @Test("by all three, in this order")
    func all() {
        // (3, -4, 0), (0, 5) → (3, -4, 0), (0, 5) → norm 7.07 → halved to 3.54
        let (gradient, norm) = Self.clipped {
            GradientClipping($0, value: 5, parameterNorm: 5, globalNorm: 12.5.squareRoot())
        }
        #expect(norm == 13)
        for (found, value) in zip(gradient, [Float(1.5), -2, 0, 0, 2.5]) { #expect(abs(found - value) < 1e-6) }
    }

    @Test("Frozen parameters don't count")
    func frozen() {
        var groups = ParameterGroups()
        groups.freeze(named: "b")
        let (gradient, norm) = Self.clipped { GradientClipping($0, globalNorm: 2.5, groups: groups) }
        #expect(norm == 5 && gradient.prefix(3) == [1.5, -2, 0])
    }
}

@Suite("Averages of the weights")
struct WeightAverageTests {
    private static func averages(_ kind: WeightAverage.Kind, start: Int, every: Int) -> [Float] {
        let weights = Parameter(Tensor([8, 0]))
        let arena = ParameterArena(["w": weights])
        let average = WeightAverage(arena, kind, start: start, every: every)
        return (1...6).map { step in
            weights.assign(Tensor([Float(1 << step), 1]))
            average.update(step: step)
            let value = average.withAverage { weights.value.values[0] }
            #expect(weights.value.values == [Float(1 << step), 1])
            return value
        }
    }

    @Test("The exponential one forgets")
    func exponential() {
        // 2; (2+4)/2 = 3; (3+8)/2 = 5.5; …
        #expect(Self.averages(.exponential(decay: 0.5), start: 1, every: 1) == [2, 3, 5.5, 10.75, 21.375, 42.6875])
    }

    @Test("The stochastic one is the mean of every second step from the second on")
    func stochastic() {
        // before step 2 the weights it was made with; then 4; (4+16)/2; (4+16+64)/3
        #expect(Self.averages(.stochastic, start: 2, every: 2) == [8, 4, 4, 10, 10, 28])
    }
}
