public import Optimizers
public import TensorEngine

extension Settings {
    /// The optimizer that the settings describe, for the weights of `arena`.
    public func makeOptimizer(_ arena: ParameterArena) -> any Optimizers.Optimizer {
        let decay = Float(optimizer.weightDecay)
        let matricesOnly = optimizer.decay == .matrices
        let decays: (String, Shape) -> Bool = { _, shape in !matricesOnly || shape.rank >= 2 }
        switch optimizer.name {
        case .sgd:
            return SGD(
                arena, momentum: Float(optimizer.momentum), nesterov: optimizer.nesterov, weightDecay: decay,
                decays: decays)
        case .adam, .adamw:
            return Adam(
                arena, beta1: Float(optimizer.beta1), beta2: Float(optimizer.beta2), epsilon: Float(optimizer.epsilon),
                weightDecay: decay, decoupledWeightDecay: optimizer.name == .adamw, decays: decays)
        }
    }
}
