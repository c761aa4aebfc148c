import Kernels
import Optimizers
import TensorEngine
import Testing

@Suite("Optimizers")
struct OptimizerTests {
    /// The optimizer of a name in `referenceTrajectories`, and its learning rate.
    private static func make(_ name: String, _ arena: ParameterArena) -> (optimizer: any Optimizer, rate: Float)? {
        switch name {
        case "sgd": (SGD(arena), 0.05)
        case "sgd, weight decay": (SGD(arena, weightDecay: 0.1), 0.05)
        case "sgd, momentum": (SGD(arena, momentum: 0.9), 0.02)
        case "sgd, momentum, weight decay": (SGD(arena, momentum: 0.9, weightDecay: 0.1), 0.02)
        case "sgd, nesterov, weight decay": (SGD(arena, momentum: 0.9, nesterov: true, weightDecay: 0.1), 0.02)
        case "adam": (Adam(arena), 0.03)
        case "adam, weight decay": (Adam(arena, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1), 0.03)
        case "adamw": (Adam(arena, weightDecay: 0.1, decoupledWeightDecay: true), 0.03)
        default: nil
        }
    }

    @Test("follow PyTorch's over a hundred steps", arguments: referenceTrajectories.keys.sorted())
    func trajectory(name: String) throws {
        let weights = Parameter(Tensor([1, -0.5, 0.25, 2, 0]))
        let target = Tensor([0.3, 0.7, -1, 1.5, 0.1])
        let curvature = Tensor([1, 0.5, 2, 0.1, 3])
        let arena = ParameterArena(["w": weights])
        let made = try #require(Self.make(name, arena), "no optimizer is made for \(name)")
        let expected = try #require(referenceTrajectories[name])
        let gradients = GradientBuffer(arena.zeros())
        for step in 1...100 {
            let gradient = valueAndGradients(of: [weights]) {
                let distance = weights.value - target
                let square = distance * distance
                return (curvature * square * square * 0.25 + square * 0.5).sum()
            }.gradients[0]
            // sums over 8 equal terms, of which the optimizer makes the mean
            for (i, value) in gradient.values.enumerated() { gradients.buffer.pointer[i] = 8 * value }
            made.optimizer.update(gradients: gradients, gradientScale: 0.125, learningRate: made.rate, step: step)
            guard let expected = expected[step] else { continue }
            for (found, value) in zip(weights.value.values, expected) {
                // 100 steps with a few roundings of 2⁻²⁴ each
                #expect(abs(found - value) <= 5e-6 * max(1, abs(value)), "step \(step): \(found), PyTorch \(value)")
            }
        }
        #expect(arena.buffer.elements.dropFirst(5).allSatisfy { $0 == 0 })
    }

    @Test("know their state by name")
    func state() {
        let arena = ParameterArena(["w": Parameter(Tensor([1, 2]))])
        #expect(SGD(arena).state.map(\.name) == [])
        #expect(SGD(arena, momentum: 0.5).state.map(\.name) == ["momentum"])
        #expect(Adam(arena).state.map(\.name) == ["first_moment", "second_moment"])
    }
}

@Suite("Weight decay by parameter")
struct DecayTests {
    @Test("pulls only the parameters that are named", arguments: ["sgd", "momentum", "adam"])
    func decays(name: String) {
        let parameters = (0..<3).map { _ in Parameter(Tensor(repeating: 2, shape: [3])) }
        let arena = ParameterArena(["a": parameters[0], "b": parameters[1], "c": parameters[2]])
        let decays: (String, Shape) -> Bool = { name, _ in name != "b" }
        let optimizer: any Optimizer =
            switch name {
            case "sgd": SGD(arena, weightDecay: 0.5, decays: decays)
            case "momentum": SGD(arena, momentum: 0.9, weightDecay: 0.5, decays: decays)
            default: Adam(arena, weightDecay: 0.5, decoupledWeightDecay: true, decays: decays)
            }
        // without a gradient w ← w - η·λ·w
        optimizer.update(gradients: GradientBuffer(arena.zeros()), gradientScale: 1, learningRate: 0.25, step: 1)
        #expect(parameters.map { $0.value.values[2] } == [1.75, 2, 1.75])
    }
}
