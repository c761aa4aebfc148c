import CKernels
import Kernels
import Preconditions

/// Rotates the pairs (i, i + width/2) of each head by the angle position·base^(-2i/width).
///
/// Source: Su et al., "RoFormer: enhanced transformer with rotary position embedding", 2021, in the split-half order.
struct RotatePairs: Primitive {
    static let saves: SavedValues = []
    let heads: Int
    /// [length, width/2].
    let cosines, sines: Tensor
    var direction: Float = 1

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (shape, length) = (inputs[0].shape, cosines.shape[0])
        return inputs[0].map { from, to, _ in
            lockstep_rotate(
                from, cosines.buffer.pointer, sines.buffer.pointer, direction, to, shape.outerCount, length, heads,
                cosines.shape[1] * 2)
        }
    }

    // a rotation  ⇒  x̄ is ȳ rotated back
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [RotatePairs(heads: heads, cosines: cosines, sines: sines, direction: -direction)(cotangent)]
    }
}

extension Tensor {
    /// Each head's pairs (i, i + width/2) rotated by the angles whose cosines and sines are given, row by row:
    /// [n, length, heads·width] with [length, width/2].
    package func rotated(heads: Int, cosines: Tensor, sines: Tensor) -> Tensor {
        require(
            shape.rank == 3 && cosines.shape == [shape[1], shape[2] / heads / 2] && cosines.shape == sines.shape
                && shape[2] == heads * cosines.shape[1] * 2,
            "rotary positions: x \(shape) in \(heads) heads and angles \(cosines.shape) do not fit [n, t, heads·width], [t, width/2]"
        )
        return RotatePairs(heads: heads, cosines: cosines, sines: sines)(self)
    }
}
