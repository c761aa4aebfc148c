import Foundation

import Probability

/// Densities with gradients by hand, which a build without optimization samples fast.
struct HandWritten: LogDensity {
    let dimension: Int
    let quantities: [String]
    private let compute: @Sendable ([Double], inout [Double]) -> Double
    private let derive: @Sendable ([Double]) -> [Double]

    init(
        _ quantities: [String], dimension: Int? = nil, report: @escaping @Sendable ([Double]) -> [Double] = { $0 },
        _ compute: @escaping @Sendable ([Double], inout [Double]) -> Double
    ) {
        (self.dimension, self.quantities) = (dimension ?? quantities.count, quantities)
        (self.compute, derive) = (compute, report)
    }

    func logDensity(at position: [Double], gradient: inout [Double]) -> Double { compute(position, &gradient) }
    func report(at position: [Double]) -> [Double] { derive(position) }

    private static let effects = [28.0, 8, -3, 7, -1, 1, 18, 12]
    private static let errors = [15.0, 10, 16, 11, 9, 11, 10, 18]
    private static let names = ["mu", "tau"] + (1...8).map { "theta[\($0)]" }

    /// Eight schools over μ, ln τ and η; up to a constant.
    static let eightSchools = HandWritten(
        names, report: { q in [q[0], exp(q[1])] + q[2...].map { q[0] + exp(q[1]) * $0 } }
    ) { q, gradient in
        let (mu, tau) = (q[0], exp(q[1]))
        var value = -mu * mu / 50 - log(1 + tau * tau / 25) + q[1]
        gradient[0] = -mu / 25
        gradient[1] = 1 - 2 * tau * tau / (25 + tau * tau)
        for j in 0..<8 {
            let eta = q[2 + j]
            let z = (effects[j] - mu - tau * eta) / errors[j]
            value -= 0.5 * (z * z + eta * eta)
            gradient[0] += z / errors[j]
            gradient[1] += z * tau * eta / errors[j]
            gradient[2 + j] = z * tau / errors[j] - eta
        }
        return value
    }

    /// The same over μ, ln τ and θ.
    static let centeredSchools = HandWritten(
        names, report: { q in [q[0], exp(q[1])] + q[2...] }
    ) { q, gradient in
        let (mu, tau) = (q[0], exp(q[1]))
        var value = -mu * mu / 50 - log(1 + tau * tau / 25) + q[1] - 8 * q[1]
        gradient[0] = -mu / 25
        gradient[1] = 1 - 2 * tau * tau / (25 + tau * tau) - 8
        for j in 0..<8 {
            let (z, e) = ((effects[j] - q[2 + j]) / errors[j], (q[2 + j] - mu) / tau)
            value -= 0.5 * (z * z + e * e)
            gradient[0] += e / tau
            gradient[1] += e * e
            gradient[2 + j] = z / errors[j] - e / tau
        }
        return value
    }

    /// -((1 - x)² + 100·(y - x²)²)/20.
    static let banana = HandWritten(
        ["x", "y", "y - x²"], dimension: 2, report: { [$0[0], $0[1], $0[1] - $0[0] * $0[0]] }
    ) { q, gradient in
        let (a, b) = (1 - q[0], q[1] - q[0] * q[0])
        gradient[0] = (2 * a + 400 * b * q[0]) / 20
        gradient[1] = -200 * b / 20
        return -(a * a + 100 * b * b) / 20
    }

    /// Neal's funnel: v ~ Normal(0, 1.5), x ~ Normal(0, e^(v/2)).
    static let funnel = HandWritten(["v", "x"]) { q, gradient in
        let square = q[1] * q[1] * exp(-q[0])
        (gradient[0], gradient[1]) = (-q[0] / 2.25 + 0.5 * square - 0.5, -q[1] * exp(-q[0]))
        return -q[0] * q[0] / 4.5 - 0.5 * square - 0.5 * q[0]
    }

    /// Normal numbers of the means 3, -1, 0 and the deviations 0.1, 1, 10, of which the first and the last have the correlation 0.9.
    static let correlated = HandWritten(["x", "y", "z"]) { q, gradient in
        let (x, y, z) = ((q[0] - 3) / 0.1, q[1] + 1, q[2] / 10)
        // the inverse of [[1, 0.9], [0.9, 1]]
        let (a, b) = ((x - 0.9 * z) / 0.19, (z - 0.9 * x) / 0.19)
        (gradient[0], gradient[1], gradient[2]) = (-a / 0.1, -y, -b / 10)
        return -0.5 * (x * a + y * y + z * b)
    }

    /// Three standard normal numbers.
    static let normal = HandWritten(["x[1]", "x[2]", "x[3]"]) { q, gradient in
        for i in 0..<3 { gradient[i] = -q[i] }
        return -0.5 * q.reduce(0) { $0 + $1 * $1 }
    }
}
