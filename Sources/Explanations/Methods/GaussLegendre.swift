import Foundation

/// Integration over [0, 1] by the rule of Gauss and Legendre.
enum GaussLegendre {
    /// The nodes and weights of `count` points, rising; exact for polynomials of a degree below 2·count.
    ///
    /// The nodes are the roots of the Legendre polynomial, by Newton's method from Chebyshev's. Source: Press et al.,
    /// "Numerical recipes", section 4.6.
    static func rule(_ count: Int) -> [(node: Double, weight: Double)] {
        (0..<count).map { index in
            var x = -cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
            var slope = 1.0
            for _ in 0..<100 {
                // p = P_n(x) and q = P_{n-1}(x)
                var (p, q) = (1.0, 0.0)
                for degree in 0..<count {
                    let n = Double(degree)
                    (p, q) = (((2 * n + 1) * x * p - n * q) / (n + 1), p)
                }
                slope = Double(count) * (x * p - q) / (x * x - 1)
                let step = p / slope
                x -= step
                if abs(step) < 1e-15 { break }
            }
            return ((x + 1) / 2, 1 / ((1 - x * x) * slope * slope))
        }
    }
}
