import Foundation
import Probability
import TensorEngine

/// Normal numbers of the covariance Uᵀ·U, with an upper triangular U whose diagonal is ln(1 + eᵖ).
struct NormalBlock: Parameterized {
    let mean: Parameter
    private let spread, factor: Parameter
    /// 1 above the diagonal.
    private let mask: Tensor

    var parameters: ParameterTree { ["mean": mean, "spread": spread, "factor": factor] }

    /// Independent ones.
    init(mean: Tensor, deviation: Double) {
        let size = mean.shape.count
        self.mean = Parameter(mean)
        // p = ln(e^σ - 1)
        spread = Parameter(Tensor(repeating: Float(log(expm1(deviation))), shape: [size]))
        factor = Parameter(Tensor(repeating: 0, shape: [size, size]))
        mask = Tensor(shape: [size, size]) { elements in
            for row in 0..<size {
                for column in 0..<size { elements[row * size + column] = column > row ? 1 : 0 }
            }
        }
    }

    /// μ + Uᵀ·z.
    func draw(_ z: Tensor) -> Tensor {
        let size = z.shape.count
        let rest = z.reshaped(to: [1, size]).matrixProduct(factor.value * mask).reshaped(to: [size])
        return mean.value + z * spread.value.softplus() + rest
    }

    /// The Kullback-Leibler divergence from a normal prior of mean 0, (‖U‖² + ‖μ‖²)/(2s²) + Σ ln(s/Uᵢᵢ) - ½, with the
    /// gradient of ln q(w) - ln p(w) along w = μ + Uᵀ·z alone: w/s² - U⁻¹·z.
    func divergence(_ z: Tensor, prior: Double) -> Tensor {
        let precision = 1 / (prior * prior)
        let (mean, diagonal) = (mean.value.detached, spread.value.detached.softplus())
        let upper = factor.value.detached * mask
        let squares = (mean * mean).sum() + (diagonal * diagonal).sum() + (upper * upper).sum()
        let constant = Double(z.shape.count) * (log(prior) - 0.5)
        let value = squares * Float(0.5 * precision) - diagonal.log().sum() + Float(constant)

        let weights = draw(z)
        let slope = weights.detached * Float(precision) - UpperTriangle.solve(matrix(upper, diagonal), z)
        let path = (slope * weights).sum()
        return value + path - path.detached
    }

    private func matrix(_ upper: Tensor, _ diagonal: Tensor) -> Tensor {
        let (size, values) = (diagonal.shape.count, diagonal.values)
        return Tensor(shape: upper.shape) { elements in
            upper.withElements { _ = elements.update(fromContentsOf: $0) }
            for (index, value) in values.enumerated() { elements[index * size + index] = value }
        }
    }
}

/// A model keeps a matrix that is too large.
struct CovarianceTooLarge: Error, CustomStringConvertible {
    let model, what: String
    let widths: [Int]
    let size, limit: Int
    let other: String
    /// The most rows of a matrix: 64 MiB.
    static let limit = 4096

    var description: String {
        "\(model): \(what) of the perceptron \(widths.map(String.init).joined(separator: "-")) has \(size) rows, and at most \(limit) are kept; make model.hidden smaller, or use --model \(other)"
    }
}
