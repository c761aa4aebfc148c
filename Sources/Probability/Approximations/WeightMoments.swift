public import TensorEngine

/// The mean and the variance of a weight tensor over the steps that were collected, and its last few deviations from
/// the mean: stochastic weight averaging, Gaussian (SWAG).
///
/// Source: Maddox, Garipov, Izmailov, Vetrov, Wilson, "A simple baseline for Bayesian uncertainty in deep learning",
/// 2019, algorithm 1. The variance is Welford's, which loses no digits of large weights.
public struct WeightMoments {
    /// Of the weights' shape.
    public private(set) var mean, variance: Tensor
    /// [rank, weights]: the deviation of the collection n from 0 is in row n mod rank.
    public private(set) var deviations: Tensor

    /// The moments that were saved.
    public init(mean: Tensor, variance: Tensor, deviations: Tensor) {
        (self.mean, self.variance, self.deviations) = (mean, variance, deviations)
    }

    /// Takes in `weights` as the collection `number`, from 0.
    public mutating func collect(_ weights: Tensor, number: Int) {
        let before = weights - mean
        mean = number == 0 ? weights.detached : mean + before / Float(number + 1)
        let after = weights - mean
        variance =
            number == 0
            ? Tensor(repeating: 0, shape: mean.shape) : variance + (before * after - variance) / Float(number + 1)
        let (row, size) = (number % deviations.shape[0], mean.shape.count)
        let rows = deviations
        deviations = Tensor(shape: rows.shape) { elements in
            rows.withElements { _ = elements.update(fromContentsOf: $0) }
            after.withElements { change in
                _ = UnsafeMutableBufferPointer(rebasing: elements[(row * size)..<((row + 1) * size)])
                    .update(fromContentsOf: change)
            }
        }
    }

    /// A draw of the weights: μ + σ·z₁/√2 + Dᵀ·z₂/√(2·(K - 1)), of K deviations D (equation 1).
    /// - Parameters:
    ///   - count: how many were collected, at least one.
    ///   - first: z₁, of the weights' shape.
    ///   - second: z₂, [rank]; of the first K.
    public func draw(count: Int, _ first: Tensor, _ second: Tensor) -> Tensor {
        let kept = min(count, deviations.shape[0])
        let diagonal = mean + variance.squareRoot() * first * Float(0.5.squareRoot())
        guard kept > 1 else { return diagonal }
        let weights = second[0..<kept].reshaped(to: [1, kept])
        let low = weights.matrixProduct(deviations[0..<kept]).reshaped(to: mean.shape)
        return diagonal + low * Float(1 / (2 * Double(kept - 1)).squareRoot())
    }
}
