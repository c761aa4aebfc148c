import Kernels
import Optimizers
import TensorEngine
import Testing

@Suite("Optimizers")
struct OptimizerTests {
    /// By name in `referenceTrajectories`: how gradients are clipped before the optimizer has them.
    private static let clippings: [String: @Sendable (ParameterArena) -> GradientClipping] = [
        "sgd, clipped by value": { GradientClipping($0, value: 0.4) },
        "sgd, clipped by norm": { GradientClipping($0, parameterNorm: 0.5) },
        "sgd, clipped by global norm": { GradientClipping($0, globalNorm: 0.7) },
        "sgd, clipped by all": { GradientClipping($0, value: 0.6, parameterNorm: 0.7, globalNorm: 0.75) },
    ]

    /// By name in `referenceTrajectories`: the average of the weights that is compared in their place.
    private static let averages: [String: @Sendable (ParameterArena) -> WeightAverage] = [
        "sgd, exponential average": { WeightAverage($0, .exponential(decay: 0.9)) },
        "sgd, stochastic average": { WeightAverage($0, .stochastic, start: 4, every: 3) },
    ]

    /// By name in `referenceTrajectories`: the optimizer and its learning rate.
    private static let cases: [String: (rate: Float, make: @Sendable (ParameterArena) -> any Optimizer)] = [
        "sgd": (0.05, { SGD($0) }),
        "sgd, l2": (0.05, { SGD($0, regularization: .l2(0.1)) }),
        "sgd, momentum": (0.02, { SGD($0, momentum: 0.9) }),
        "sgd, momentum, l2": (0.02, { SGD($0, momentum: 0.9, regularization: .l2(0.1)) }),
        "sgd, nesterov, l2": (0.02, { SGD($0, momentum: 0.9, nesterov: true, regularization: .l2(0.1)) }),
        "sgd, decay": (0.05, { SGD($0, regularization: .decay(0.3)) }),
        "sgd, momentum, decay": (0.02, { SGD($0, momentum: 0.9, regularization: .decay(0.3)) }),
        "sgd, nesterov, decay": (
            0.02, { SGD($0, momentum: 0.9, nesterov: true, regularization: .decay(0.3)) }
        ),
        "sgd, l1": (0.05, { SGD($0, regularization: .l1(0.05)) }),
        "adam, l1": (0.03, { Adam($0, regularization: .l1(0.05)) }),
        "sgd, clipped by value": (0.05, { SGD($0) }),
        "sgd, clipped by norm": (0.05, { SGD($0) }),
        "sgd, clipped by global norm": (0.05, { SGD($0) }),
        "sgd, clipped by all": (0.05, { SGD($0) }),
        "sgd, exponential average": (0.05, { SGD($0) }),
        "sgd, stochastic average": (0.05, { SGD($0) }),
        "adam": (0.03, { Adam($0) }),
        "adam, l2": (0.03, { Adam($0, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, regularization: .l2(0.1)) }),
        "adamw": (0.03, { Adam($0, regularization: .decay(0.1)) }),
        "nadam": (0.03, { NAdam($0) }),
        "nadam, decay": (
            0.01, { NAdam($0, beta1: 0.8, beta2: 0.95, momentumDecay: 0.01, regularization: .decay(0.1)) }
        ),
        "radam": (0.03, { RAdam($0) }),
        "radam, l2": (0.03, { RAdam($0, beta1: 0.8, beta2: 0.95, regularization: .l2(0.1)) }),
        "adagrad": (0.1, { AdaGrad($0) }),
        "adagrad, accumulator, l2": (0.1, { AdaGrad($0, initialAccumulator: 0.5, regularization: .l2(0.1)) }),
        "rmsprop": (0.01, { RMSProp($0) }),
        "rmsprop, momentum, l2": (
            0.001, { RMSProp($0, alpha: 0.95, momentum: 0.8, regularization: .l2(0.1)) }
        ),
        "rmsprop, centered": (0.01, { RMSProp($0, isCentered: true, epsilon: 1e-3) }),
        "rmsprop, centered, momentum": (
            0.005, { RMSProp($0, alpha: 0.9, momentum: 0.5, isCentered: true, epsilon: 1e-2) }
        ),
        "adadelta": (1, { Adadelta($0) }),
        "adadelta, l2": (2, { Adadelta($0, rho: 0.95, epsilon: 1e-5, regularization: .l2(0.1)) }),
        "lion": (0.013, { Lion($0) }),
        "lion, decay": (0.01, { Lion($0, beta1: 0.95, beta2: 0.98, regularization: .decay(0.3)) }),
        "lars": (0.05, { LARS($0, trustCoefficient: 0.01) }),
        "lars, decay": (0.5, { LARS($0, momentum: 0.8, trustCoefficient: 0.02, regularization: .decay(0.1)) }),
        "lamb": (0.005, { LAMB($0) }),
        "lamb, decay": (0.003, { LAMB($0, beta1: 0.8, beta2: 0.95, regularization: .decay(0.1)) }),
    ]

    @Test("Every reference has its optimizer")
    func complete() {
        #expect(Set(Self.cases.keys) == Set(referenceTrajectories.keys))
    }

    @Test("follow PyTorch's, or their papers, over a hundred steps", arguments: referenceTrajectories.keys.sorted())
    func trajectory(name: String) throws {
        let problem = QuarticProblem()
        let made = try #require(Self.cases[name])
        let expected = try #require(referenceTrajectories[name])
        let optimizer = made.make(problem.arena)
        let clipping = (Self.clippings[name] ?? { GradientClipping($0) })(problem.arena)
        let average = Self.averages[name]?(problem.arena)
        for step in 1...100 {
            let clipped = clipping.apply(to: problem.gradients(scaledBy: 8), count: 8)
            optimizer.update(
                gradients: clipped.gradients, gradientScale: clipped.scale, learningRate: made.rate, step: step)
            average?.update(step: step)
            guard let expected = expected[step] else { continue }
            for (found, value) in zip(average?.withAverage { problem.weights } ?? problem.weights, expected) {
                // 100 steps with a few roundings of 2⁻²⁴ each
                #expect(abs(found - value) <= 5e-6 * max(1, abs(value)), "step \(step): \(found), not \(value)")
            }
        }
        #expect(problem.padding.allSatisfy { $0 == 0 })
    }

    @Test("know their state by name")
    func state() {
        let arena = ParameterArena(["w": Parameter(Tensor([1, 2]))])
        #expect(SGD(arena).state.map(\.name) == [])
        #expect(SGD(arena, momentum: 0.5).state.map(\.name) == ["momentum"])
        #expect(Adam(arena).state.map(\.name) == ["first_moment", "second_moment"])
        #expect(RMSProp(arena).state.map(\.name) == ["squared_gradient"])
        #expect(
            RMSProp(arena, momentum: 0.5, isCentered: true).state.map(\.name)
                == ["gradient_variance", "gradient_mean", "momentum"])
        #expect(AdaGrad(arena).state.map(\.name) == ["squared_gradient_sum"])
        #expect(Adadelta(arena).state.map(\.name) == ["squared_gradient", "squared_change"])
    }

    @Test("NAdam goes on from any step as if it had made all before")
    func resumedNAdam() {
        let (whole, resumed) = (QuarticProblem(), QuarticProblem())
        let (first, second) = (NAdam(whole.arena), NAdam(resumed.arena))
        func step(_ optimizer: NAdam, _ problem: QuarticProblem, _ number: Int) {
            optimizer.update(
                gradients: problem.gradients(scaledBy: 1), gradientScale: 1, learningRate: 0.05, step: number)
        }
        for number in 1...5 {
            step(first, whole, number)
            step(second, resumed, number)
        }
        let third = NAdam(resumed.arena)
        for (from, to) in zip(second.state, third.state) {
            to.buffer.pointer.update(from: from.buffer.pointer, count: to.buffer.count)
        }
        step(first, whole, 6)
        step(third, resumed, 6)
        #expect(whole.weights == resumed.weights)
    }
}

@Suite("Weight decay by parameter")
struct DecayTests {
    @Test("pulls only the parameters that are named", arguments: ["sgd", "momentum", "adam"])
    func decays(name: String) {
        let parameters = (0..<3).map { _ in Parameter(Tensor(repeating: 2, shape: [3])) }
        let arena = ParameterArena(["a": parameters[0], "b": parameters[1], "c": parameters[2]])
        var groups = ParameterGroups()
        groups.exemptFromDecay(named: "b")
        let optimizer: any Optimizer =
            switch name {
            case "sgd": SGD(arena, regularization: .decay(0.5), groups: groups)
            case "momentum": SGD(arena, momentum: 0.9, regularization: .decay(0.5), groups: groups)
            default: Adam(arena, regularization: .decay(0.5), groups: groups)
            }
        // without a gradient w ← w - η·λ·w
        optimizer.update(gradients: GradientBuffer(arena.zeros()), gradientScale: 1, learningRate: 0.25, step: 1)
        #expect(parameters.map { $0.value.values[2] } == [1.75, 2, 1.75])
    }
}
