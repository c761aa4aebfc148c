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
}
