#if canImport(Glibc)
    import Glibc
#endif

/// A function to be minimized, whose least value is 0.
///
/// Source: Hansen, Finck, Ros, Auger, "Real-parameter black-box optimization benchmarking 2009", without shifts and rotations.
public enum TestFunction: String, Sendable, CaseIterable {
    /// Σ x².
    case sphere
    /// Σ 100·(x_i² - x_{i+1})² + (x_i - 1)²: a curved valley, which ends at (1, …, 1).
    case rosenbrock
    /// Σ x² + 10·(1 - cos 2πx): a lattice of local minima.
    case rastrigin

    /// The value at a point.
    public func value(at x: [Double]) -> Double {
        switch self {
        case .sphere: return x.reduce(0) { $0 + $1 * $1 }
        case .rosenbrock:
            return zip(x, x.dropFirst()).reduce(0) { sum, pair in
                let (bend, rest) = (pair.0 * pair.0 - pair.1, pair.0 - 1)
                return sum + 100 * bend * bend + rest * rest
            }
        case .rastrigin: return x.reduce(0) { $0 + $1 * $1 + 10 * (1 - cos(2 * .pi * $1)) }
        }
    }
}
