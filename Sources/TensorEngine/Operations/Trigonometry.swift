import CKernels

/// Elementwise `sin x`.
struct Sine: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_sin) }

    // y = sin x  ⇒  x̄ = ȳ·cos x
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent * saved.inputs[0].cos()] }
}

/// Elementwise `cos x`.
struct Cosine: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_cos) }

    // y = cos x  ⇒  x̄ = -ȳ·sin x
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [-(cotangent * saved.inputs[0].sin())] }
}

/// Elementwise error function `2/√π · ∫₀ˣ e^(-t²) dt`.
struct ErrorFunction: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_erf) }

    // y = erf x  ⇒  x̄ = ȳ·2/√π·e^(-x²)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let x = saved.inputs[0]
        return [cotangent * (-(x * x)).exp() * 1.1283791670955126]
    }
}

extension Tensor {
    /// Elementwise sine of radians.
    public func sin() -> Tensor { Sine()(self) }
    /// Elementwise cosine of radians.
    public func cos() -> Tensor { Cosine()(self) }
    /// Elementwise error function.
    public func erf() -> Tensor { ErrorFunction()(self) }
}
