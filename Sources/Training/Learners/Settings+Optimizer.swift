import DataParallel
import Machine
import Messages
import Optimizers
import TensorEngine

extension Settings.Optimizer.Name {
    /// β₂ unless another is given. Sources: Kingma and Ba, "Adam", 2015; Chen and others, "Symbolic discovery of
    /// optimization algorithms", 2023 (Lion).
    fileprivate var usualBeta2: Double { self == .lion ? 0.99 : 0.999 }

    /// ε unless another is given, as in PyTorch; of LAMB that of its authors (You and others, 2020).
    fileprivate var usualEpsilon: Double {
        switch self {
        case .adagrad: 1e-10
        case .adadelta, .lamb: 1e-6
        default: 1e-8
        }
    }
}

extension Settings {
    /// Which parameters the settings treat differently from the others.
    var parameterGroups: ParameterGroups {
        var groups = optimizer.decay == .matrices ? .decayingMatricesOnly : ParameterGroups()
        for group in optimizer.groups {
            groups.setLearningRateFactor(Float(group.factor), named: NamePattern(group.pattern))
        }
        for pattern in freeze { groups.freeze(named: NamePattern(pattern)) }
        return groups
    }

    /// The penalties, and weight decay in the way that is usual for the optimizer, or decoupled where that is asked for.
    private var regularization: Regularization {
        let (l1, l2, decay) = (Float(optimizer.l1), Float(optimizer.l2), Float(optimizer.weightDecay))
        let isSeparate = [.adamw, .lion, .lars, .lamb].contains(optimizer.name) || optimizer.decoupledDecay
        return isSeparate
            ? Regularization(l1: l1, l2: l2, decay: decay) : Regularization(l1: l1, l2: l2 + decay)
    }

    /// The second-order method that the settings name. Throws when it needs more memory than there is.
    func makeSecondOrderOptimizer(_ arena: ParameterArena) throws -> SecondOrderOptimizer {
        let method: SecondOrderMethod
        switch optimizer.name {
        case .bfgs:
            let count = TrainedParts(of: arena, parameterGroups).parameters.reduce(0) { $0 + $1.shape.count }
            try InverseHessianTooLarge.check(weights: count)
            method = .bfgs
        case .newtonCG: method = .newtonCG(productLimit: optimizer.products)
        default: method = .lbfgs(memory: optimizer.memory)
        }
        return SecondOrderOptimizer(arena, method, groups: parameterGroups)
    }

    /// The rule that follows gradients, where the settings name one.
    func makeOptimizer(_ arena: ParameterArena) -> any Optimizers.Optimizer {
        let (regularization, groups) = (regularization, parameterGroups)
        let (momentum, smoothing) = (Float(optimizer.momentum), Float(optimizer.smoothing))
        let (beta1, beta2) = (Float(optimizer.beta1), Float(optimizer.beta2 ?? optimizer.name.usualBeta2))
        let epsilon = Float(optimizer.epsilon ?? optimizer.name.usualEpsilon)
        switch optimizer.name {
        case .lbfgs, .bfgs, .newtonCG:
            preconditionFailure("Settings: \(optimizer.name.rawValue) follows no gradient")
        case .sgd:
            return SGD(
                arena, momentum: momentum, nesterov: optimizer.nesterov, regularization: regularization, groups: groups)
        case .adam, .adamw:
            return Adam(
                arena, beta1: beta1, beta2: beta2, epsilon: epsilon, regularization: regularization, groups: groups)
        case .nadam:
            return NAdam(
                arena, beta1: beta1, beta2: beta2, epsilon: epsilon, regularization: regularization, groups: groups)
        case .radam:
            return RAdam(
                arena, beta1: beta1, beta2: beta2, epsilon: epsilon, regularization: regularization, groups: groups)
        case .adagrad:
            return AdaGrad(arena, epsilon: epsilon, regularization: regularization, groups: groups)
        case .rmsprop:
            return RMSProp(
                arena, smoothing: smoothing, momentum: momentum, isCentered: optimizer.centered, epsilon: epsilon,
                regularization: regularization, groups: groups)
        case .adadelta:
            return Adadelta(
                arena, smoothing: smoothing, epsilon: epsilon, regularization: regularization, groups: groups)
        case .lion:
            return Lion(arena, beta1: beta1, beta2: beta2, regularization: regularization, groups: groups)
        case .lars:
            return LARS(
                arena, momentum: momentum, trust: Float(optimizer.trust), regularization: regularization,
                groups: groups)
        case .lamb:
            return LAMB(
                arena, beta1: beta1, beta2: beta2, epsilon: epsilon, regularization: regularization, groups: groups)
        }
    }

    /// The bounds on the gradients of `arena`.
    func makeClipping(_ arena: ParameterArena) -> GradientClipping {
        func bound(_ value: Double) -> Double? { value > 0 ? value : nil }
        return GradientClipping(
            arena, value: bound(clip.value), parameterNorm: bound(clip.parameterNorm),
            globalNorm: bound(clip.globalNorm), groups: parameterGroups)
    }

    /// What compresses the gradients of `arena` on `rank`, when something does.
    func makeCompression(_ arena: ParameterArena, _ plan: ShardPlan, rank: Int) -> GradientCompression? {
        compression.method.map {
            GradientCompression($0, arena: arena, plan: plan, rank: rank, groups: parameterGroups, seed: seed)
        }
    }

    /// The average of the weights of `arena` that is evaluated in their place, when there is one.
    func makeAverage(_ arena: ParameterArena) -> WeightAverage? {
        switch average.name {
        case .none: nil
        case .ema:
            WeightAverage(arena, .exponential(decay: average.decay), start: average.start, every: average.every)
        case .swa: WeightAverage(arena, .stochastic, start: average.start, every: average.every)
        }
    }
}

/// The matrix of BFGS does not fit into the memory that there is.
struct InverseHessianTooLarge: Error, CustomStringConvertible {
    let weights: Int
    let needed: Double
    let available: MemoryLimit

    /// Throws when a matrix of Float64 with a row for each of `weights` numbers takes more than a process may have.
    static func check(weights: Int) throws {
        let needed = Double(weights) * Double(weights) * 8
        let available = MemoryLimit.total()
        if needed > Double(available.bytes) {
            throw InverseHessianTooLarge(weights: weights, needed: needed, available: available)
        }
    }

    var description: String {
        "optimizer.name bfgs keeps a matrix with a row for each of the \(weights) weights, \(Readable.gibibytes(needed)); \(available.source) has \(Readable.gibibytes(Double(available.bytes))): use lbfgs"
    }
}
