import Preconditions
public import TensorEngine

/// A method that solves ordinary differential equations `dy/dt = f(t, y)` from an initial value.
public enum ODESolver: Sendable, Equatable {
    /// The classical Runge–Kutta method of order 4, with equal steps of at most `step` between two times.
    case rungeKutta4(step: Double)
    /// The method of Dormand and Prince of order 5 with an error estimate of order 4, which chooses its steps: scipy's
    /// `RK45`.
    ///
    /// The root mean square of the errors, each in units of `absolute + relative·|y|`, stays below 1 in each step.
    /// Sources: Dormand, Prince, "A family of embedded Runge–Kutta formulae", 1980; Hairer, Nørsett, Wanner, "Solving
    /// ordinary differential equations I", section II.4.
    case dormandPrince(relative: Double, absolute: Double)

    /// The most steps between two times.
    static let mostSteps = 10_000
}

/// The right side of a differential equation: dy/dt at a time, of the shape of y.
public typealias Dynamics = (_ time: Double, _ y: Tensor) -> Tensor

/// The solution of `dy/dt = f(t, y)` at `times`, the first of which is that of `y`: [times, …].
///
/// It is recorded, so that its gradient goes through the steps of the solver, and can be differentiated again; the
/// sizes of adaptive steps are constants for it. Times rise, or fall. Where a step is too small to change the time, or
/// one interval needs more than 10,000 steps, the solution is not a number from there on.
public func solveODE(_ dynamics: Dynamics, from y: Tensor, at times: [Double], by solver: ODESolver) -> Tensor {
    checkTimes(times)
    var state = [y]
    var solution = [y]
    for (start, end) in zip(times, times.dropFirst()) {
        state = solver.advance(state, from: start, to: end) { [dynamics($0, $1[0])] }
        solution.append(state[0])
    }
    return .stacked(solution)
}

/// The same solution, whose gradient with respect to `y` and to `parameters` is computed by the adjoint equation,
/// backward in time: memory does not grow with the number of steps. It can't be differentiated again.
///
/// Source: Chen, Rubanova, Bettencourt, Duvenaud, "Neural ordinary differential equations", 2018, algorithm 1; the
/// state is taken from the forward pass at each of the times.
/// - Parameter parameters: all those that `dynamics` reads.
public func solveODEByAdjoint(
    _ dynamics: @escaping Dynamics, from y: Tensor, at times: [Double], by solver: ODESolver, parameters: [Parameter]
) -> Tensor {
    checkTimes(times)
    return customGradient([y] + parameters.map(\.value)) { inputs in
        Parameter.substituting(Array(inputs.dropFirst()), of: parameters) {
            solveODE(dynamics, from: inputs[0], at: times, by: solver)
        }
    } vjp: { cotangent, inputs, solution in
        let values = inputs.dropFirst().map(\.detached)
        /// dy/dt, and minus the products of the adjoint a with the derivatives of f by y and by the parameters.
        func reversed(_ time: Double, _ state: [Tensor]) -> [Tensor] {
            let (y, weights) = (state[0].detached.tracked, values.map(\.tracked))
            let slope = Parameter.substituting(weights, of: parameters) { dynamics(time, y) }
            let product = (slope * state[1].detached).sum()
            guard product.isTracked else {
                return [slope.detached] + ([y] + weights).map { Tensor(repeating: 0, shape: $0.shape) }
            }
            return [slope.detached] + gradients(of: product, withRespectTo: [y] + weights).map { -1 * $0 }
        }
        func row(_ tensor: Tensor, _ index: Int) -> Tensor {
            tensor.detached.slice(index..<(index + 1), alongAxis: 0).reshaped(to: inputs[0].shape)
        }
        let last = times.count - 1
        var adjoint = row(cotangent, last)
        var slopes = values.map { Tensor(repeating: 0, shape: $0.shape) }
        for index in stride(from: last, to: 0, by: -1) {
            let state = solver.advance(
                [row(solution, index), adjoint] + slopes, from: times[index], to: times[index - 1], reversed)
            adjoint = state[1] + row(cotangent, index - 1)
            slopes = Array(state.dropFirst(2))
        }
        return [adjoint] + slopes
    }
}

private func checkTimes(_ times: [Double]) {
    let isMonotonic =
        zip(times, times.dropFirst()).allSatisfy { $0 < $1 } || zip(times, times.dropFirst()).allSatisfy { $0 > $1 }
    require(
        !times.isEmpty && times.allSatisfy(\.isFinite) && (isMonotonic || times.count < 2),
        "solveODE: times must be finite, and rise or fall, found \(times.prefix(8))")
}
