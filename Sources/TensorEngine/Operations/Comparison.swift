import CKernels
import Kernels
import Preconditions

/// Elementwise the first input where a condition is not 0, else the second, broadcast. Constant in the condition.
struct Where: Primitive {
    static let saves: SavedValues = []
    /// Not tracked, of the common shape.
    let condition: Tensor

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (a, b) = (
            inputs[0].detached.broadcast(to: condition.shape), inputs[1].detached.broadcast(to: condition.shape)
        )
        return condition.map { lockstep_where($0, a.buffer.pointer, b.buffer.pointer, $1, $2) }
    }

    // y = a or b  ⇒  ā = ȳ or 0, b̄ = 0 or ȳ: what was not chosen has no influence, even where it is not finite
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [
            saved.needs[0] ? Where(condition: condition)(cotangent, Tensor(0)) : nil,
            saved.needs[1] ? Where(condition: condition)(Tensor(0), cotangent) : nil,
        ]
    }
}

extension Tensor {
    /// Elementwise `a` where `condition` is not 0, else `b`, all broadcast. NumPy's `where`.
    ///
    /// No gradient flows into the condition. Only the chosen elements have an influence on the result and on gradients.
    public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        let shape = commonShape("where", commonShape("where", condition.shape, a.shape), b.shape)
        return Where(condition: condition.detached.broadcast(to: shape))(a, b)
    }
    /// Elementwise `a` where `condition` is not 0, else a number.
    public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Float) -> Tensor {
        .where(condition, a, Tensor(b))
    }
    /// Elementwise a number where `condition` is not 0, else `b`.
    public static func `where`(_ condition: Tensor, _ a: Float, _ b: Tensor) -> Tensor {
        .where(condition, Tensor(a), b)
    }

    /// The shape that two broadcast to.
    static func commonShape(_ name: String, _ a: Shape, _ b: Shape) -> Shape {
        let shape = a.broadcast(with: b)
        require(shape != nil, "\(name): shapes \(a) and \(b) do not fit; sizes must be equal or 1")
        return shape!
    }
}

/// Elementwise comparisons, broadcast: 1 where they hold and 0 elsewhere, never tracked. A comparison with NaN does not
/// hold, but for `.!=`.
extension Tensor {
    /// 1 where `a` is above `b`, else 0.
    public static func .> (a: Tensor, b: Tensor) -> Tensor { combine([a, b], ".>", lockstep_greater) }
    /// 1 where `a` is above `b` or equal, else 0.
    public static func .>= (a: Tensor, b: Tensor) -> Tensor { combine([a, b], ".>=", lockstep_greater_or_equal) }
    /// 1 where `a` is below `b`, else 0.
    public static func .< (a: Tensor, b: Tensor) -> Tensor { combine([b, a], ".<", lockstep_greater) }
    /// 1 where `a` is below `b` or equal, else 0.
    public static func .<= (a: Tensor, b: Tensor) -> Tensor { combine([b, a], ".<=", lockstep_greater_or_equal) }
    /// 1 where `a` equals `b`, else 0.
    public static func .== (a: Tensor, b: Tensor) -> Tensor { combine([a, b], ".==", lockstep_equal) }
    /// 1 where `a` does not equal `b`, else 0.
    public static func .!= (a: Tensor, b: Tensor) -> Tensor { 1 - (a .== b) }

    /// 1 where an element is above a number, else 0.
    public static func .> (a: Tensor, b: Float) -> Tensor { a .> Tensor(b) }
    /// 1 where an element is above a number or equal, else 0.
    public static func .>= (a: Tensor, b: Float) -> Tensor { a .>= Tensor(b) }
    /// 1 where an element is below a number, else 0.
    public static func .< (a: Tensor, b: Float) -> Tensor { a .< Tensor(b) }
    /// 1 where an element is below a number or equal, else 0.
    public static func .<= (a: Tensor, b: Float) -> Tensor { a .<= Tensor(b) }
    /// 1 where an element equals a number, else 0.
    public static func .== (a: Tensor, b: Float) -> Tensor { a .== Tensor(b) }
    /// 1 where an element does not equal a number, else 0.
    public static func .!= (a: Tensor, b: Float) -> Tensor { a .!= Tensor(b) }
}
