import Kernels
import TensorEngine

/// A method that minimises an objective with the help of second derivatives, or of what gradients tell of them.
public enum SecondOrderMethod: Sendable, Equatable {
    /// Limited-memory BFGS with this many pairs of vectors.
    case lbfgs(memory: Int = 10)
    /// BFGS, whose memory is quadratic in the number of weights: for few of them.
    case bfgs
    /// Newton's method by conjugate gradients, with at most so many Hessian-vector products for one direction.
    case newtonCG(productLimit: Int = 200)

    fileprivate func makeDirection(_ arena: ParameterArena) -> any SearchDirection {
        switch self {
        case .lbfgs(let memory): LBFGS(memory: memory)
        case .bfgs: BFGS(arena)
        case .newtonCG(let productLimit): NewtonCG(productLimit: productLimit)
        }
    }
}

/// How a minimisation ended.
public struct Minimisation: Sendable, Equatable {
    /// Why it ended.
    public enum Ending: Sendable, Equatable {
        /// The gradient's norm is at most the tolerance.
        case converged
        /// No lower point was found along the line: the rest is rounding, or the function has no minimum there.
        case stalled
        /// The greatest number of iterations was made.
        case iterationLimit
    }

    /// Why it ended.
    public internal(set) var ending: Ending
    /// How many steps were made.
    public internal(set) var iterations = 0
    /// How many times value and gradient were computed.
    public internal(set) var evaluations = 1
    /// The value at the end.
    public internal(set) var value: Double
    /// The Euclidean norm of the gradient at the end.
    public internal(set) var gradientNorm: Double
}

extension Objective {
    /// Changes the weights until the gradient's norm is at most `gradientTolerance`. *Collective* when the objective is.
    ///
    /// Each step ends in a point that fulfils the strong Wolfe conditions; the weights are left at the best one.
    public func minimise(
        by method: SecondOrderMethod, gradientTolerance: Double, iterationLimit: Int = 1000
    ) throws -> Minimisation {
        let rule = method.makeDirection(arena)
        var current = try evaluate()
        var result = Minimisation(ending: .iterationLimit, value: current.value, gradientNorm: current.gradient.norm)
        while result.gradientNorm > gradientTolerance && result.iterations < iterationLimit {
            var direction = try rule.direction(current.gradient, of: self)
            if direction.dot(current.gradient) >= 0 {
                rule.reset()
                direction = current.gradient.scaled(by: -1)
            }
            let start = copy(arena.buffer.pointer, count: dimension)
            let firstStep = rule.hasScale ? 1 : min(1, 1 / result.gradientNorm)
            let (found, evaluations) = try search(from: current, start, direction, firstStep)
            result.evaluations += evaluations
            guard let found else {
                arena.buffer.pointer.update(from: start.pointer, count: dimension)
                result.ending = .stalled
                return result
            }
            let end = copy(arena.buffer.pointer, count: dimension)
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
        from current: Evaluation, _ start: Buffer, _ direction: Buffer, _ firstStep: Double
    ) throws -> (found: Evaluation?, evaluations: Int) {
        typealias Point = StrongWolfeSearch.Point
        var evaluations = 0
        let found = try StrongWolfeSearch().search(
            from: Point(step: 0, slope: direction.dot(current.gradient), evaluation: current), firstStep: firstStep
        ) { step in
            evaluations += 1
            move(to: start, direction, step)
            let evaluation = try evaluate()
            return Point(step: step, slope: direction.dot(evaluation.gradient), evaluation: evaluation)
        }
        // the point that is found is always the last one that was tried
        return (found?.evaluation, evaluations)
    }

    private func move(to start: Buffer, _ direction: Buffer, _ step: Double) {
        arena.buffer.pointer.update(from: start.pointer, count: dimension)
        Buffer(sliceOf: arena.buffer, 0..<dimension).add(direction, times: step)
    }
}
