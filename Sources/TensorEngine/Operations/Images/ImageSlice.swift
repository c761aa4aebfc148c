import CKernels
import Kernels
import Preconditions

/// Which elements of images a slice holds: start + i·stride along height, width and channels.
struct ImageSliceGeometry: Sendable {
    /// [n, height, width, channels] of the whole and of the slice.
    let whole, slice: Shape
    let start, stride: [Int]

    init(whole: Shape, slice: Shape, start: [Int], stride: [Int]) {
        (self.whole, self.slice, self.start, self.stride) = (whole, slice, start, stride)
        require(
            whole.rank == 4 && slice.rank == 4 && whole[0] == slice[0]
                && (0..<3).allSatisfy {
                    start[$0] >= 0 && stride[$0] >= 1
                        && (slice[$0 + 1] == 0 || start[$0] + (slice[$0 + 1] - 1) * stride[$0] < whole[$0 + 1])
                }, "image slice: \(slice) from \(start) with strides \(stride) does not lie within \(whole)")
    }

    func copy(_ from: Tensor, to shape: Shape, scatters: Bool) -> Tensor {
        Tensor(shape: shape) { out in
            if scatters { out.update(repeating: 0) }
            lockstep_slice_images(
                from.buffer.pointer, Array(whole.sizes.dropFirst()), start, stride, Array(slice.sizes.dropFirst()),
                whole[0], scatters ? 1 : 0, out.baseAddress!)
        }
    }
}

/// A strided slice of images.
struct ImageSlice: Primitive {
    static let saves: SavedValues = []
    let geometry: ImageSliceGeometry

    func forward(_ inputs: [Tensor]) -> Tensor { geometry.copy(inputs[0], to: geometry.slice, scatters: false) }

    // y[j] = x[k(j)], k one to one  ⇒  x̄[k(j)] = ȳ[j], else 0
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [ImagePlacement(geometry: geometry)(cotangent)] }
}

/// Images that hold the input as a strided slice, and zeros around and between.
struct ImagePlacement: Primitive {
    static let saves: SavedValues = []
    let geometry: ImageSliceGeometry

    func forward(_ inputs: [Tensor]) -> Tensor { geometry.copy(inputs[0], to: geometry.whole, scatters: true) }

    // y[k(j)] = x[j], else 0  ⇒  x̄[j] = ȳ[k(j)]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [ImageSlice(geometry: geometry)(cotangent)] }
}

extension Tensor {
    /// Every `stride`-th row and column of each image: [n, height, width, c] → [n, ⌈height/stride⌉, ⌈width/stride⌉, c].
    public func imagesSampled(every stride: Int) -> Tensor {
        let image = imageExtent("image sampling")
        let slice: Shape = [
            shape[0], (image.height + stride - 1) / stride, (image.width + stride - 1) / stride, shape[3],
        ]
        return ImageSlice(
            geometry: ImageSliceGeometry(whole: shape, slice: slice, start: [0, 0, 0], stride: [stride, stride, 1]))(
                self)
    }

    /// Images with zeros added: rows above and below, columns left and right, channels before and after.
    public func imagesPadded(
        top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0, channelsBefore: Int = 0, channelsAfter: Int = 0
    ) -> Tensor {
        let image = imageExtent("image padding")
        let whole: Shape = [
            shape[0], image.height + top + bottom, image.width + left + right,
            shape[3] + channelsBefore + channelsAfter,
        ]
        return ImagePlacement(
            geometry: ImageSliceGeometry(
                whole: whole, slice: shape, start: [top, left, channelsBefore], stride: [1, 1, 1]))(self)
    }
}
