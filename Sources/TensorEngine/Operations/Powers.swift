import CKernels

/// Elementwise `xᵖ` for one number p.
struct PowerOfNumber: Primitive {
    static let saves: SavedValues = .inputs
    let exponent: Double

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map { lockstep_pow_scalar($0, exponent, $1, $2) } }

    // y = xᵖ  ⇒  x̄ = ȳ·p·xᵖ⁻¹, which is 0 for p = 0 even at x = 0
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        if exponent == 0 { return [nil] }
        return [cotangent * PowerOfNumber(exponent: exponent - 1)(saved.inputs[0]) * Float(exponent)]
    }
}

/// Elementwise `aᵇ`, broadcast.
struct Power: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor.combine(inputs, "pow", lockstep_pow) }

    // y = aᵇ  ⇒  ā = ȳ·b·aᵇ⁻¹, b̄ = ȳ·aᵇ·ln a; as in PyTorch ā is 0 where b = 0, and b̄ is 0 where a = 0 and b ≥ 0
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (a, b) = (saved.inputs[0], saved.inputs[1])
        var results: [Tensor?] = [nil, nil]
        if saved.needs[0] { results[0] = Tensor.where(b .== 0, 0, cotangent * b * a.pow(b - 1)) }
        if saved.needs[1] {
            let isZero = (a .== 0) * (b .>= 0)
            // ln 1 where the result is not used: no NaN comes of it
            results[1] = Tensor.where(isZero, 0, cotangent * a.pow(b) * Tensor.where(isZero, 1, a).log())
        }
        return results
    }
}

extension Tensor {
    /// Elementwise power with a number as exponent; NaN for a negative element and an exponent that is not whole.
    public func pow(_ exponent: Float) -> Tensor { PowerOfNumber(exponent: Double(exponent))(self) }
    /// Elementwise power, broadcast; NaN for a negative element and an exponent that is not whole.
    public func pow(_ exponent: Tensor) -> Tensor { Power()(self, exponent) }
}
