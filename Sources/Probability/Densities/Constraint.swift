import Foundation
package import TensorEngine

/// The set in which a variable of a density lies, and the map to it from all real numbers.
///
/// The log density gains the logarithm of the map's absolute Jacobian determinant. Source: the Stan Reference Manual,
/// "Constraint transforms".
public enum Constraint: Sendable, Equatable {
    /// All real numbers.
    case real
    /// x > bound: x = bound + eᵘ.
    case above(Float)
    /// x < bound: x = bound - eᵘ.
    case below(Float)
    /// low < x < high: x = low + (high - low)·σ(u).
    case between(Float, Float)
    /// Vectors whose elements rise: x₁ = u₁, xₖ = xₖ₋₁ + e^uₖ.
    case ordered
    /// Vectors of positive elements whose sum is 1, by breaking a stick: one coordinate fewer than elements.
    case simplex

    /// The number of coordinates for `count` elements.
    func coordinates(of count: Int) -> Int { self == .simplex ? count - 1 : count }

    /// The constrained value, and the logarithm of the Jacobian determinant; nil for 0.
    ///
    /// `u` has the variable's shape; for `simplex` it is a vector of one element fewer.
    package func apply(_ u: Tensor) -> (value: Tensor, logJacobian: Tensor?) {
        switch self {
        case .real: return (u, nil)
        case .above(let bound): return (bound == 0 ? u.exp() : u.exp() + bound, u.sum())
        case .below(let bound): return (bound - u.exp(), u.sum())
        case .between(let low, let high):
            // dx/du = (high - low)·σ(u)·σ(-u)
            let logSlope = log(high - low) - u.softplus() - (-u).softplus()
            return (u.sigmoid() * (high - low) + low, logSlope.sum())
        case .ordered:
            let count = u.shape.count
            guard count > 1 else { return (u, nil) }
            let steps = Tensor.concatenated([u[0..<1], u[1...].exp()], alongAxis: 0)
            return (steps.cumulativeSum(alongAxis: 0), u[1...].sum())
        case .simplex:
            // zₖ = σ(uₖ - ln(K - k)) of what is left of the stick, which is ∏ⱼ₍<ₖ₎(1 - zⱼ)
            let count = u.shape.count
            guard count > 0 else { return (Tensor([1]), nil) }
            let v = u - Tensor((0..<count).map { log(Float(count - $0)) })
            let (logTaken, logLeft) = (-(-v).softplus(), -v.softplus())
            let left = logLeft.cumulativeSum(alongAxis: 0)
            let before = left - logLeft
            let value = Tensor.concatenated([(logTaken + before).exp(), left[(count - 1)...].exp()], alongAxis: 0)
            return (value, (logTaken + logLeft + before).sum())
        }
    }
}
