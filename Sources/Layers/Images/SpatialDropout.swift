import Preconditions
public import TensorEngine

/// Dropout of whole channels: in training sets each channel of each sample to 0 with probability `rate` and divides the
/// others by 1 - `rate`. PyTorch's `Dropout1d` and `Dropout2d`.
///
/// The mask is a function of (seed, step, sample): identical on any number of ranks. Source: Tompson, Goroshin, Jain,
/// LeCun, Bregler, 2015.
public struct SpatialDropout: Module {
    /// The probability of a channel to be dropped, in [0, 1).
    public let rate: Float

    public var parameters: ParameterTree { [:] }

    /// Dropout of probability `rate`, in [0, 1).
    public init(_ rate: Float) {
        require(rate >= 0 && rate < 1, "SpatialDropout: the rate must be in [0, 1), found \(rate)")
        self.rate = rate
    }

    /// [n, height, width, channels] or [n, length, channels] → the same shape.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        require(
            x.shape.rank == 4 || x.shape.rank == 3,
            "SpatialDropout: [n, height, width, channels] or [n, length, channels] is needed, found \(x.shape)")
        guard rate > 0,
            let mask = context.dropoutMask(shape: [x.shape[0], x.shape.innermost], keep: 1 - rate)
        else { return x }
        return x.shape.rank == 4 ? x.channelsScaled(by: mask) : x.asImages { $0.channelsScaled(by: mask) }
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue { x }
}
