import CKernels
public import Kernels

/// The sum over each window times the window's factor.
struct AveragePooling: Primitive {
    static let saves: SavedValues = []
    let windows: PoolingWindows

    func forward(_ inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        return Tensor(shape: windows.output(of: x.shape)) { out in
            windows.withWindows(of: x.shape) {
                lockstep_window_sum($0, x.buffer.pointer, windows.scale, out.baseAddress!)
            }
        }
    }

    // y[j] = s[j]·Σ x[i] over i in window j  ⇒  x̄[i] = Σ s[j]·ȳ[j] over windows j that hold i
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [AverageSpreading(windows: windows, shape: saved.inputShapes[0])(cotangent)]
    }
}

/// The transpose of average pooling.
struct AverageSpreading: Primitive {
    static let saves: SavedValues = []
    let windows: PoolingWindows
    let shape: Shape

    func forward(_ inputs: [Tensor]) -> Tensor {
        Tensor(shape: shape) { out in
            windows.withWindows(of: shape) {
                lockstep_window_spread($0, inputs[0].buffer.pointer, windows.scale, out.baseAddress!)
            }
        }
    }

    // y[i] = Σ s[j]·x[j] over windows j that hold i  ⇒  x̄[j] = s[j]·Σ ȳ[i] over i in window j
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [AveragePooling(windows: windows)(cotangent)] }
}

extension Tensor {
    /// The mean of each window, per channel: [n, height, width, c] → [n, h, w, c], h = ⌊(height + 2·padding - window) / stride⌋ + 1.
    ///
    /// The stride is the window's size when nil. With `countsPadding` the zeros of the padding are terms of the mean.
    public func averagePooled(
        window: Extent, stride: Extent? = nil, padding: Extent = 0, countsPadding: Bool = true
    ) -> Tensor {
        let image = imageExtent("average pooling")
        let windows = PoolingWindows(
            image: image, window: window, stride: stride ?? window, padding: padding, countsPadding: countsPadding)
        return AveragePooling(windows: windows)(self)
    }

    /// The means of `output` windows that cover the image: [n, height, width, c] → [n, output, output, c].
    public func adaptiveAveragePooled(to output: Extent) -> Tensor {
        let image = imageExtent("adaptive average pooling")
        return AveragePooling(windows: PoolingWindows(image: image, adaptingTo: output))(self)
    }

    /// The mean of each channel over the image: [n, height, width, c] → [n, c].
    public func globalAveragePooled() -> Tensor { adaptiveAveragePooled(to: 1).reshaped(to: [shape[0], shape[3]]) }
}
