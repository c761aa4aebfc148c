import CKernels
import Kernels
import Preconditions

/// Running sums along an axis, from its beginning or from its end.
struct CumulativeSum: Primitive {
    static let saves: SavedValues = []
    let axis: Int
    var isReversed = false

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (x, extents) = (inputs[0], inputs[0].shape.extents(around: axis))
        return x.map { from, to, _ in
            lockstep_cumulative_sum(from, isReversed ? 1 : 0, to, extents.outer, x.shape[axis], extents.inner)
        }
    }

    // y[k] = Σ_{j ≤ k} x[j]  ⇒  x̄[j] = Σ_{k ≥ j} ȳ[k]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [CumulativeSum(axis: axis, isReversed: !isReversed)(cotangent)]
    }
}

extension Tensor {
    /// Running sums along an axis, each with its own element; a negative axis counts from the innermost. NumPy's
    /// `cumsum`.
    public func cumulativeSum(alongAxis axis: Int) -> Tensor {
        CumulativeSum(axis: shape.resolved(axis: axis, "cumulativeSum"))(self)
    }

    /// The means along an axis, which stays with size 1; a negative axis counts from the innermost.
    public func mean(alongAxis axis: Int) -> Tensor {
        let place = shape.resolved(axis: axis, "mean")
        return sum(alongAxis: place) * (1 / Float(shape[place]))
    }

    /// `ln Σ eˣ` along an axis, which stays with size 1; no overflow for any finite elements. A negative axis counts
    /// from the innermost.
    public func logSumExp(alongAxis axis: Int) -> Tensor {
        let largest = detached.max(alongAxis: axis)
        // an infinite one is not subtracted: ∞ - ∞ is NaN
        let shift = Tensor.where(largest.absoluteValue() .< .infinity, largest, 0)
        return (self - shift).exp().sum(alongAxis: axis).log() + shift
    }
}
