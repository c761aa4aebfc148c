import Lockstep

/// Signum: a step of equal size in each element, by the sign of a momentum: m ← β·m + (1−β)·g, w ← w − η·(sign(m) + λ·w).
/// Source: Bernstein and others, "signSGD: compressed optimisation for non-convex problems", 2018, with decoupled decay.
final class Signum: Optimizer {
    private let arena: ParameterArena
    private let momentum: OptimizerState
    private let beta: Float
    private let regularization: Regularization
    private let treatments: [ObjectIdentifier: ParameterTreatment]

    init(_ arena: ParameterArena, beta: Float, _ regularization: Regularization, _ groups: ParameterGroups) {
        (self.arena, momentum) = (arena, OptimizerState("momentum", for: arena))
        (self.beta, self.regularization) = (beta, regularization)
        treatments = Dictionary(
            uniqueKeysWithValues: zip(arena.names, arena.parameters).map {
                (ObjectIdentifier($1), groups.treatment(of: $0, $1.shape))
            })
    }

    var state: [OptimizerState] { [momentum] }

    func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        for parameter in arena.ownedParameters {
            guard let treatment = treatments[ObjectIdentifier(parameter)], !treatment.isFrozen else { continue }
            let weights = parameter.value
            var gradient = arena.gradient(of: parameter, in: gradients) * gradientScale
            if treatment.isDecayed {
                if regularization.l1 > 0 { gradient = gradient + sign(weights) * regularization.l1 }
                if regularization.l2 > 0 { gradient = gradient + weights * regularization.l2 }
            }
            momentum[parameter] = momentum[parameter] * beta + gradient * (1 - beta)
            let decay = treatment.isDecayed ? regularization.decay : 0
            let change = sign(momentum[parameter]) + weights * decay
            parameter.assign(weights - change * (learningRate * treatment.learningRateFactor))
        }
    }

    private func sign(_ tensor: Tensor) -> Tensor {
        Tensor(tensor.values.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, shape: tensor.shape)
    }
}

/// The settings of `optimizer.name signum`.
struct SignumSettings: GradientRule {
    var momentum = 0.9

    static let name = "signum"
    static let learningRate = 1e-3
    static let weightDecayForm = WeightDecayForm.decoupled
    static let keys: [Setting<Self>] = [
        Setting("momentum", \.momentum, .number(.belowOne), "weight of the past in the momentum, per step")
    ]
    var statesPerWeight: Int { 1 }

    func makeOptimizer(
        _ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups
    ) -> any Optimizer {
        Signum(arena, beta: Float(momentum), regularization, groups)
    }
}
