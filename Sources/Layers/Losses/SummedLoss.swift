import Preconditions
public import TensorEngine

/// A loss over some samples as a sum and a count, so that losses over parts of a batch add up exactly.
public struct SummedLoss {
    /// The sum over the terms, a scalar.
    public let sum: Tensor
    /// How many terms it has: samples, elements or tokens, as the loss says.
    public let count: Int

    /// The loss with this sum of `count` terms.
    public init(sum: Tensor, count: Int) {
        require(sum.shape.count == 1, "SummedLoss: the sum must be a scalar, its shape is \(sum.shape)")
        (self.sum, self.count) = (sum, count)
    }

    /// The mean over the terms, a scalar.
    public var mean: Tensor { sum * (1 / Float(count)) }
}
