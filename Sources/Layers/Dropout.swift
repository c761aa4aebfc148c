import Preconditions
public import TensorEngine

/// Dropout: in training sets each element to 0 with probability `rate` and divides the others by 1 - `rate`; the
/// identity in inference.
///
/// The mask is a function of (seed, step, sample): identical on any number of ranks.
/// Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, 2014.
public struct Dropout: Module {
    /// The probability of an element to be dropped, in [0, 1).
    public let rate: Float

    public var parameters: ParameterTree { [:] }

    /// Dropout of probability `rate`, in [0, 1).
    public init(_ rate: Float) {
        require(rate >= 0 && rate < 1, "Dropout: the rate must be in [0, 1), found \(rate)")
        self.rate = rate
    }

    /// The first axis of `x` runs over the samples of the batch, or over equally many rows for each.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        guard rate > 0, let mask = context.dropoutMask(shape: x.shape, keep: 1 - rate) else { return x }
        return x * mask
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue { x }
}
