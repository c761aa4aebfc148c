import Kernels
public import TensorEngine

/// A second-order method at work on the weights of an arena, with what it has learnt of the function so far.
///
/// Each iteration ends in a point that fulfils the strong Wolfe conditions. It may be given another objective from call
/// to call, such as the loss over another batch: it then begins with a new value and gradient, and keeps what it knows.
public final class SecondOrderOptimizer: OptimizationMethod {
    private let arena: ParameterArena
    private let rule: any SearchDirection

    /// `method` for what `groups` does not freeze of `arena`.
    public init(_ arena: ParameterArena, _ method: SecondOrderMethod, groups: ParameterGroups = ParameterGroups()) {
        self.arena = arena
        let plan = UpdatePlan(arena, .none, groups)
        rule = method.makeDirection(plan.parameterSpans.map(\.range), arena.parameterEnd)
    }

    /// What it has learnt.
    public var state: [OptimizerState] { rule.state }
    /// How much of the state is in use.
    public var progress: [String: String] { rule.progress }
    /// Takes back how much of the state is in use.
    public func restore(_ progress: [String: String]) { rule.restore(progress) }

    /// Changes the weights until the gradient's norm is at most `gradientTolerance`. *Collective* when the objective
    /// is.
    ///
    /// The weights are left at the best point. `objective` is a function of the weights of this arena.
    public func minimize(
        _ objective: Objective, gradientTolerance: Double = 0, iterationLimit: Int = 1000
    ) throws -> Minimization {
        var current = try objective.evaluate()
        var result = Minimization(ending: .iterationLimit, value: current.value, gradientNorm: current.gradient.norm)
        while result.gradientNorm > gradientTolerance && result.iterations < iterationLimit {
            var direction = try rule.direction(current.gradient, of: objective)
            if direction.dot(current.gradient) >= 0 {
                rule.reset()
                direction = current.gradient.scaled(by: -1)
            }
            let start = copy(arena.buffer.pointer, count: objective.dimension)
            let firstStep = rule.hasScale ? 1 : min(1, 1 / result.gradientNorm)
            let (found, evaluations) = try search(objective, from: current, start, direction, firstStep)
            result.evaluations += evaluations
            guard let found else {
                arena.buffer.pointer.update(from: start.pointer, count: objective.dimension)
                // what has led nowhere is not tried again
                rule.reset()
                result.ending = .stalled
                return result
            }
            let end = copy(arena.buffer.pointer, count: objective.dimension)
            rule.learn(step: end.difference(from: start), change: found.gradient.difference(from: current.gradient))
            current = found
            (result.value, result.gradientNorm) = (found.value, found.gradient.norm)
            result.iterations += 1
        }
        if result.gradientNorm <= gradientTolerance { result.ending = .converged }
        return result
    }

    /// Searches along a line, and leaves the weights at the point that is found.
    private func search(
        _ objective: Objective, from current: Objective.Evaluation, _ start: Buffer, _ direction: Buffer,
        _ firstStep: Double
    ) throws -> (found: Objective.Evaluation?, evaluations: Int) {
        typealias Point = StrongWolfeSearch.Point
        var evaluations = 0
        let found = try StrongWolfeSearch().search(
            from: Point(step: 0, slope: direction.dot(current.gradient), evaluation: current), firstStep: firstStep
        ) { step in
            evaluations += 1
            objective.move(to: start, direction, step)
            let evaluation = try objective.evaluate()
            return Point(step: step, slope: direction.dot(evaluation.gradient), evaluation: evaluation)
        }
        // the point that is found is always the last one that was tried
        return (found?.evaluation, evaluations)
    }
}
