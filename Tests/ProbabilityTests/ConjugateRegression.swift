import Foundation
import TensorEngine

import Probability

/// y = X·β + ε with β | σ² ~ Normal(0, σ²·I/λ), σ² ~ InverseGamma(a, b): 40 rows of three correlated features.
enum ConjugateRegression {
    static let (count, lambda, a, b) = (40, 0.5, 3.0, 2.0)
    static let x = (0..<count).map { [1.0, sin(Double($0)), sin(Double($0)) + 0.4 * cos(3 * Double($0))] }
    static let y = x.enumerated().map { 0.5 * $1[0] - 1 * $1[1] + 2 * $1[2] + 0.7 * cos(11 * Double($0)) }
    /// XᵀX, Xᵀy and yᵀy.
    static let products = (0..<3).map { i in (0..<3).map { j in x.reduce(0) { $0 + $1[i] * $1[j] } } }
    static let moments = (0..<3).map { i in zip(x, y).reduce(0) { $0 + $1.0[i] * $1.1 } }
    static let square = y.reduce(0) { $0 + $1 * $1 }

    static let density: Density = {
        let features = Tensor(x.flatMap { $0.map(Float.init) }, shape: [count, 3])
        let targets = Tensor(y.map(Float.init))
        return Density([Variable("beta", [3]), Variable("variance", in: .above(0))]) { v in
            let deviation = v["variance"].squareRoot()
            let line = features.matrixProduct(v["beta"].reshaped(to: [3, 1])).reshaped(to: [count])
            return InverseGamma(a, b).logDensity(v["variance"])
                + Normal(0, deviation * Float(1 / lambda.squareRoot())).logDensity(v["beta"])
                + Normal(line, deviation).logDensity(targets)
        }
    }()

    /// The same by hand, over β and u = ln σ²; up to a constant.
    static let handWritten = HandWritten(
        ["beta[1]", "beta[2]", "beta[3]", "variance"], report: { Array($0[..<3]) + [exp($0[3])] }
    ) { q, gradient in
        let variance = exp(q[3])
        var (residual, norm) = (square, 0.0)
        for i in 0..<3 {
            var product = 0.0
            for j in 0..<3 { product += products[i][j] * q[j] }
            residual += q[i] * (product - 2 * moments[i])
            norm += q[i] * q[i]
            gradient[i] = (moments[i] - product - lambda * q[i]) / variance
        }
        // β: σ^-3 and σ^-n; σ²: σ^-2(a + 1), and the Jacobian σ²
        let power = 0.5 * Double(count + 3) + a
        let rest = 0.5 * (residual + lambda * norm) + b
        gradient[3] = rest / variance - power
        return -power * q[3] - rest / variance
    }
}
