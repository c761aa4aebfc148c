import Kernels
import Preconditions
public import TensorEngine

/// How windows of a sequence become one element each; a module without parameters.
public enum Pooling1D: Module {
    /// The largest element, then ReLU if asked for; the stride is the window's size when nil.
    case max(window: Int, stride: Int? = nil, padding: Int = 0, thenReLU: Bool = false)
    /// The mean; with `countsPadding` the padding's zeros are terms of it. The stride is the window's size when nil.
    case average(window: Int, stride: Int? = nil, padding: Int = 0, countsPadding: Bool = true)

    public var parameters: ParameterTree { [:] }

    /// [n, length, c] → [n, l, c].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        require(x.shape.rank == 3, "Pooling1D: [n, length, channels] is needed, found \(x.shape)")
        return x.asImages { image($0, context) }
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try image.describe(x, in: graph)
    }

    /// The same pooling of images of height 1.
    private var image: Pooling {
        switch self {
        case .max(let window, let stride, let padding, let thenReLU):
            .max(
                window: Extent(1, window), stride: stride.map { Extent(1, $0) }, padding: Extent(0, padding),
                thenReLU: thenReLU)
        case .average(let window, let stride, let padding, let countsPadding):
            .average(
                window: Extent(1, window), stride: stride.map { Extent(1, $0) }, padding: Extent(0, padding),
                countsPadding: countsPadding)
        }
    }
}
