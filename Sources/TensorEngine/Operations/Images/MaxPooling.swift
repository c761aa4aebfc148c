import CKernels
public import Kernels
import Preconditions

// A family closed under differentiation: the forward pass fixes the indices of the maxima, and the operations that scatter to
// and gather from these are each other's transposes.

/// The largest element of each window, of equal ones the first in row-major order; then ReLU if asked for.
struct MaxPooling: Primitive {
    static let saves: SavedValues = .output
    let windows: PoolingWindows
    var hasReLU = false

    func forward(_ inputs: [Tensor]) -> Tensor { forwardKeeping(inputs).output }

    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) {
        let x = inputs[0]
        let shape = windows.output(of: x.shape)
        let indices = MaximumIndices(count: shape.count)
        let output = Tensor(shape: shape) { out in
            windows.withWindows(of: x.shape) {
                lockstep_max_pool($0, x.buffer.pointer, hasReLU ? 1 : 0, out.baseAddress!, indices.pointer)
            }
        }
        return (output, [indices.tensor])
    }

    // y[j] = x[k(j)]  ⇒  x̄[i] = Σ ȳ[j] over k(j) = i (with ReLU: and y[j] > 0)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let scatter = MaximumScatter(
            windows: windows, indices: saved.kept[0], mask: hasReLU ? saved.output.detached : nil,
            shape: saved.inputShapes[0])
        return [scatter(cotangent)]
    }
}

/// Each element added at the index of its window's maximum, the rest 0; elements whose mask is not above 0 are left out.
struct MaximumScatter: Primitive {
    static let saves: SavedValues = []
    let windows: PoolingWindows
    let indices: Tensor
    let mask: Tensor?
    let shape: Shape

    func forward(_ inputs: [Tensor]) -> Tensor {
        Tensor(shape: shape) { out in
            windows.withWindows(of: shape) {
                lockstep_max_scatter(
                    $0, inputs[0].buffer.pointer, mask?.buffer.pointer, MaximumIndices(tensor: indices).pointer,
                    out.baseAddress!)
            }
        }
    }

    // y[i] = Σ x[j] over k(j) = i  ⇒  x̄[j] = ȳ[k(j)]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [MaximumGather(windows: windows, indices: indices, mask: mask, shape: shape)(cotangent)]
    }
}

/// The element at the index of each window's maximum; 0 where the mask is not above 0.
struct MaximumGather: Primitive {
    static let saves: SavedValues = []
    let windows: PoolingWindows
    let indices: Tensor
    let mask: Tensor?
    let shape: Shape

    func forward(_ inputs: [Tensor]) -> Tensor {
        Tensor(shape: windows.output(of: shape)) { out in
            windows.withWindows(of: shape) {
                lockstep_max_gather(
                    $0, inputs[0].buffer.pointer, mask?.buffer.pointer, MaximumIndices(tensor: indices).pointer,
                    out.baseAddress!)
            }
        }
    }

    // y[j] = x[k(j)]  ⇒  x̄[i] = Σ ȳ[j] over k(j) = i
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [MaximumScatter(windows: windows, indices: indices, mask: mask, shape: shape)(cotangent)]
    }
}

/// For each pooled element the index of its maximum within the window, 16 bits each, in the memory of a tensor.
private struct MaximumIndices {
    let tensor: Tensor

    init(count: Int) { tensor = Tensor(shape: [(count + 1) / 2]) { _ in } }
    init(tensor: Tensor) { self.tensor = tensor }

    /// Owned by the tensor; valid while that lives.
    var pointer: UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(tensor.buffer.pointer).assumingMemoryBound(to: UInt16.self)
    }
}

extension Tensor {
    /// The largest element of each window, per channel; of equal ones the first gets the derivative. Then ReLU if asked for.
    ///
    /// [n, height, width, c] → [n, h, w, c], h = ⌊(height + 2·padding - window) / stride⌋ + 1; the padding never wins. The
    /// stride is the window's size when nil.
    public func maxPooled(window: Extent, stride: Extent? = nil, padding: Extent = 0, thenReLU: Bool = false) -> Tensor
    {
        let image = imageExtent("max pooling")
        let windows = PoolingWindows(
            image: image, window: window, stride: stride ?? window, padding: padding, countsPadding: false)
        return MaxPooling(windows: windows, hasReLU: thenReLU)(self)
    }

    /// The largest elements of `output` windows that cover the image: [n, height, width, c] → [n, output, output, c].
    public func adaptiveMaxPooled(to output: Extent) -> Tensor {
        let image = imageExtent("adaptive max pooling")
        return MaxPooling(windows: PoolingWindows(image: image, adaptingTo: output))(self)
    }

    /// Height and width of [n, height, width, channels].
    func imageExtent(_ operation: String) -> Extent {
        require(shape.rank == 4, "\(operation): [n, height, width, channels] is needed, the shape is \(shape)")
        return Extent(shape[1], shape[2])
    }
}
