public import Settings
public import TensorEngine

/// An optimizer as `optimizer.name` names it: the group of its own settings, and how it is made of them.
///
/// It stands in the optimizer's file, and is registered in `OptimizerSettings.rules`, or by a program of one's own among the
/// groups of its recipes. Its keys have the prefix `optimizer`; several optimizers may declare the same key, each with its own
/// default.
public protocol OptimizerRule: SettingsGroup {
    /// The value of `optimizer.name`, such as `adamw`.
    static var name: String { get }
    /// The default of `optimizer.weight_decay`.
    static var weightDecay: Double { get }
    /// What it does with `optimizer.weight_decay`.
    static var weightDecayForm: WeightDecayForm { get }
    /// How many numbers it keeps for each weight, at least.
    var statesPerWeight: Int { get }
}

/// What an optimizer does with weight decay.
public enum WeightDecayForm: Sendable, Equatable {
    /// Adds λ·w to the gradient, unless `optimizer.decoupled_decay` is given.
    case l2Penalty
    /// Takes η·λ·w from the weight beside the step. Source: Loshchilov and Hutter, 2019.
    case decoupled
    /// Adds it to the direction whose length the trust ratio sets.
    case inTrustRatio
}

extension OptimizerRule {
    public static var prefix: String { OptimizerSettings.prefix }
    public static var choice: SettingsChoice? { SettingsChoice(key: OptimizerSettings.nameKey, value: name) }
    public static var weightDecay: Double { 0 }
    public static var weightDecayForm: WeightDecayForm { .l2Penalty }
    public var statesPerWeight: Int { 0 }
}

/// An optimizer that follows a gradient in each step.
public protocol GradientRule: OptimizerRule {
    /// The default of `optimizer.learning_rate`.
    static var learningRate: Double { get }
    /// Whether the new value of a weight follows from that weight, its gradient and its state alone; false unless
    /// declared.
    ///
    /// With `communication.zero` hosts divide the elements of such an optimizer, and else whole parameters.
    static var isElementwise: Bool { get }

    /// The optimizer of the weights of `arena`, with these penalties and this treatment of parameters. *Local.*
    func makeOptimizer(
        _ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups
    ) -> any Optimizer
}

extension GradientRule {
    public static var isElementwise: Bool { false }
}

/// An optimizer that searches along a line, with the loss over the batch of the step.
public protocol SecondOrderRule: OptimizerRule {
    /// Iterations on the batch of each step.
    var iterations: Int { get }

    /// The optimizer of the weights of `arena`. Throws where it needs more memory than there is. *Local.*
    func makeOptimizer(_ arena: ParameterArena, _ groups: ParameterGroups) throws -> SecondOrderOptimizer
}

extension SettingsSchema {
    /// The optimizers that there are.
    public var optimizers: [any OptimizerRule.Type] { groups.compactMap { $0 as? any OptimizerRule.Type } }

    func optimizer(named name: String) -> (any OptimizerRule.Type)? { optimizers.first { $0.name == name } }
}

extension Settings {
    /// The optimizer that `optimizer.name` names, with its settings.
    public var optimizerRule: any OptimizerRule {
        func values<Rule: OptimizerRule>(_ rule: Rule.Type) -> any OptimizerRule { self[rule] }
        guard let rule = schema.optimizer(named: optimizer.name) else { return SGDSettings() }
        return values(rule)
    }

    /// Whether the optimizer searches along a line, and finds the length of its steps by itself.
    public var usesSecondOrder: Bool { optimizerRule is any SecondOrderRule }

    /// Iterations of a second-order optimizer on the batch of each step; 0 where the optimizer is none.
    public var secondOrderIterations: Int { (optimizerRule as? any SecondOrderRule)?.iterations ?? 0 }

    /// The optimizer of the weights of `arena`; the settings name one that follows gradients. *Local.*
    public func makeOptimizer(_ arena: ParameterArena) -> any Optimizer {
        guard let rule = optimizerRule as? any GradientRule else {
            preconditionFailure("Settings.makeOptimizer: \(optimizer.name) is a second-order optimizer")
        }
        return rule.makeOptimizer(arena, regularization, parameterGroups)
    }

    /// The optimizer of the weights of `arena`; the settings name a second-order one. Throws where it needs more memory than
    /// there is. *Local.*
    public func makeSecondOrderOptimizer(_ arena: ParameterArena) throws -> SecondOrderOptimizer {
        guard let rule = optimizerRule as? any SecondOrderRule else {
            preconditionFailure("Settings.makeSecondOrderOptimizer: \(optimizer.name) follows gradients")
        }
        return try rule.makeOptimizer(arena, parameterGroups)
    }

    /// The penalties, and weight decay in the form of the optimizer.
    private var regularization: Regularization {
        let values = optimizer
        let (l1, l2, decay) = (Float(values.l1), Float(values.l2), Float(values.weightDecay))
        let isPenalty = type(of: optimizerRule).weightDecayForm == .l2Penalty && !values.decoupledDecay
        return isPenalty ? Regularization(l1: l1, l2: l2 + decay) : Regularization(l1: l1, l2: l2, decay: decay)
    }
}
