import CKernels
import Kernels
import Preconditions

/// Elementwise `|x|`; its derivative at 0 is 0.
struct AbsoluteValue: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_absolute) }

    // y = |x|  ⇒  x̄ = ȳ·sign x
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent * saved.inputs[0].map(lockstep_sign)] }
}

/// Elementwise the nearest number in a range; its derivative is 1 within, the ends included, and 0 outside.
struct Clamp: Primitive {
    static let saves: SavedValues = .inputs
    let range: ClosedRange<Float>

    func forward(_ inputs: [Tensor]) -> Tensor {
        inputs[0].map { lockstep_clamp($0, range.lowerBound, range.upperBound, $1, $2) }
    }

    // y = min(max(x, a), b)  ⇒  x̄ = ȳ where a ≤ x ≤ b, else 0
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [cotangent * saved.inputs[0].map { lockstep_within($0, range.lowerBound, range.upperBound, $1, $2) }]
    }
}

/// Elementwise `x²/2` within δ of 0, `δ·(|x| - δ/2)` beyond. Source: Huber, 1964.
struct Huber: Primitive {
    static let saves: SavedValues = .inputs
    let delta: Float

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map { lockstep_huber($0, delta, $1, $2) } }

    // y′ = x within, ±δ beyond  ⇒  x̄ = ȳ·min(max(x, -δ), δ)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [cotangent * saved.inputs[0].clamped(to: -delta...delta)]
    }
}

/// Elementwise `x·ln x`, 0 at 0.
struct TimesOwnLogarithm: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_x_log_x) }

    // y = x·ln x  ⇒  x̄ = ȳ·(1 + ln x)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent * (1 + saved.inputs[0].log())] }
}

extension Tensor {
    /// Elementwise `|x|`; the derivative at 0 is 0.
    public func absoluteValue() -> Tensor { AbsoluteValue()(self) }
    /// Elementwise the nearest number in `range`.
    public func clamped(to range: ClosedRange<Float>) -> Tensor { Clamp(range: range)(self) }
    /// Elementwise `x²/2` within `delta` of 0, `delta·(|x| - delta/2)` beyond.
    package func huber(delta: Float) -> Tensor { Huber(delta: delta)(self) }
    /// Elementwise `x·ln x`, 0 at 0.
    package func timesOwnLogarithm() -> Tensor { TimesOwnLogarithm()(self) }
}
