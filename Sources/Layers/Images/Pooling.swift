public import Kernels
public import TensorEngine

/// How windows of an image become one element each; a module without parameters.
public enum Pooling: Module {
    /// The largest element, then ReLU if asked for; the stride is the window's size when nil.
    case max(window: Extent, stride: Extent? = nil, padding: Extent = 0, thenReLU: Bool = false)
    /// The mean; with `countsPadding` the padding's zeros are terms of it. The stride is the window's size when nil.
    case average(window: Extent, stride: Extent? = nil, padding: Extent = 0, countsPadding: Bool = true)
    /// The largest elements of windows of the size that gives this output.
    case adaptiveMax(Extent)
    /// The means of windows of the size that gives this output.
    case adaptiveAverage(Extent)
    /// The mean of each channel: [n, height, width, c] → [n, c].
    case globalAverage

    public var parameters: ParameterTree { [:] }

    /// [n, height, width, c] → [n, h, w, c].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        switch self {
        case .max(let window, let stride, let padding, let thenReLU):
            x.maxPooled(window: window, stride: stride, padding: padding, thenReLU: thenReLU)
        case .average(let window, let stride, let padding, let countsPadding):
            x.averagePooled(window: window, stride: stride, padding: padding, countsPadding: countsPadding)
        case .adaptiveMax(let output): x.adaptiveMaxPooled(to: output)
        case .adaptiveAverage(let output): x.adaptiveAveragePooled(to: output)
        case .globalAverage: x.globalAveragePooled()
        }
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        switch self {
        case .max(let window, let stride, let padding, let thenReLU):
            let y = graph.maxPooled(x, window: window, stride: stride, padding: padding)
            return thenReLU ? graph.relu(y) : y
        case .average(let window, let stride, let padding, let countsPadding):
            return graph.averagePooled(
                x, window: window, stride: stride, padding: padding, countsPadding: countsPadding)
        case .adaptiveMax(let output):
            let window = try graph.adaptiveWindow(x, output, of: self)
            return graph.maxPooled(x, window: window)
        case .adaptiveAverage(let output):
            let window = try graph.adaptiveWindow(x, output, of: self)
            return graph.averagePooled(x, window: window)
        case .globalAverage: return graph.globalAveragePooled(x)
        }
    }
}

extension GraphBuilder {
    /// The windows of an adaptive pooling, which ONNX has only where they are all of one size.
    fileprivate func adaptiveWindow(_ x: GraphValue, _ output: Extent, of pooling: Pooling) throws -> Extent {
        guard x.rank == 4, let height = x.shape[1].size, let width = x.shape[2].size, height % output.height == 0,
            width % output.width == 0
        else { throw UnevenPooling(shape: x.shape, output: output) }
        return Extent(height / output.height, width / output.width)
    }
}

/// An adaptive pooling whose windows have different sizes.
struct UnevenPooling: Error, CustomStringConvertible {
    let shape: [GraphDimension]
    let output: Extent
    var description: String {
        "cannot export an adaptive pooling from \(shape) to \(output): ONNX needs windows of one size; choose an output that divides the image"
    }
}
