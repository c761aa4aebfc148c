import CKernels
public import Kernels
import Preconditions

// A family closed under differentiation: where the maxima lie is fixed by the forward pass, and the operations that place
// into and read from there are each other's transposes.

/// The largest element of each window, of equal ones the first in row-major order; then ReLU if asked for.
struct MaxPooling: Primitive {
    static let saves: SavedValues = .output
    let windows: PoolingWindows
    var hasReLU = false

    func forward(_ inputs: [Tensor]) -> Tensor { forwardKeeping(inputs).output }

    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) {
        let x = inputs[0]
        let shape = windows.output(of: x.shape)
        let places = MaximumPlaces(count: shape.count)
        let output = Tensor(shape: shape) { out in
            windows.withWindows(of: x.shape) {
                lockstep_max_pool($0, x.buffer.pointer, hasReLU ? 1 : 0, out.baseAddress!, places.pointer)
            }
        }
        return (output, [places.tensor])
    }

    // y[j] = x[k(j)]  ⇒  x̄[i] = Σ ȳ[j] over k(j) = i (with ReLU: and y[j] > 0)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let scatter = MaximumScatter(
            windows: windows, places: saved.kept[0], mask: hasReLU ? saved.output.detached : nil,
            shape: saved.inputShapes[0])
        return [scatter(cotangent)]
    }
}

/// Each element added at the place of its window's maximum, the rest 0; elements whose mask is not above 0 are left out.
struct MaximumScatter: Primitive {
    static let saves: SavedValues = []
    let windows: PoolingWindows
    let places: Tensor
    let mask: Tensor?
    let shape: Shape

    func forward(_ inputs: [Tensor]) -> Tensor {
        Tensor(shape: shape) { out in
            windows.withWindows(of: shape) {
                lockstep_max_scatter(
                    $0, inputs[0].buffer.pointer, mask?.buffer.pointer, MaximumPlaces(tensor: places).pointer,
                    out.baseAddress!)
            }
        }
    }

    // y[i] = Σ x[j] over k(j) = i  ⇒  x̄[j] = ȳ[k(j)]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [MaximumGather(windows: windows, places: places, mask: mask, shape: shape)(cotangent)]
    }
}

/// The element at the place of each window's maximum; 0 where the mask is not above 0.
struct MaximumGather: Primitive {
    static let saves: SavedValues = []
    let windows: PoolingWindows
    let places: Tensor
    let mask: Tensor?
    let shape: Shape

    func forward(_ inputs: [Tensor]) -> Tensor {
        Tensor(shape: windows.output(of: shape)) { out in
            windows.withWindows(of: shape) {
                lockstep_max_gather(
                    $0, inputs[0].buffer.pointer, mask?.buffer.pointer, MaximumPlaces(tensor: places).pointer,
                    out.baseAddress!)
            }
        }
    }

    // y[j] = x[k(j)]  ⇒  x̄[i] = Σ ȳ[j] over k(j) = i
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [MaximumScatter(windows: windows, places: places, mask: mask, shape: shape)(cotangent)]
    }
}

/// For each pooled element the number of its maximum within the window, 16 bits each, in the memory of a tensor.
private struct MaximumPlaces {
    let tensor: Tensor

    init(count: Int) { tensor = Tensor(shape: [(count + 1) / 2]) { _ in } }
    init(tensor: Tensor) { self.tensor = tensor }

    /// Owned by the tensor; valid while that lives.
    var pointer: UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(tensor.buffer.pointer).assumingMemoryBound(to: UInt16.self)
    }
}

extension Tensor {
    /// The largest element of each window, per channel; of equal ones the first takes the derivative. Then ReLU if asked for.
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
