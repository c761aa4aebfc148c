import Preconditions

/// A loss over some samples as a sum and a count, so that losses over parts of a batch add up exactly.
public struct SummedLoss {
    /// The sum over the terms, a scalar.
    public let sum: Tensor
    /// How many terms it has: samples, elements or tokens, as the loss says; of a weighted loss the sum of the weights.
    public let count: Double
    /// Further losses and metrics of the same samples; none of them is differentiated.
    public var metrics: [NamedSum]

    /// The loss with this sum of `count` terms.
    public init(sum: Tensor, count: Int, metrics: [NamedSum] = []) {
        self.init(sum: sum, weightSum: Double(count), metrics: metrics)
    }

    /// The loss with this sum of terms whose weights add up to `weightSum`.
    public init(sum: Tensor, weightSum: Double, metrics: [NamedSum] = []) {
        require(sum.shape.count == 1, "SummedLoss: the sum must be a scalar, its shape is \(sum.shape)")
        (self.sum, count, self.metrics) = (sum, weightSum, metrics)
    }

    /// The mean over the terms, a scalar; 0 when there are none.
    public var mean: Tensor { sum * (count > 0 ? Float(1 / count) : 0) }
}
