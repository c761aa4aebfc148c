import CKernels

/// Elementwise `eˣ`.
struct Exponential: Primitive {
    static let saves: SavedValues = .output

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_exp) }

    // y = eˣ  ⇒  x̄ = ȳ·y
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent * saved.output] }
}

/// Elementwise `ln x`.
struct Logarithm: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_log) }

    // y = ln x  ⇒  x̄ = ȳ/x
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent / saved.inputs[0]] }
}

/// Elementwise `√x`.
struct SquareRoot: Primitive {
    static let saves: SavedValues = .output

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_sqrt) }

    // y = √x  ⇒  x̄ = ȳ/(2y)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent * 0.5 / saved.output] }
}

/// Elementwise hyperbolic tangent.
struct HyperbolicTangent: Primitive {
    static let saves: SavedValues = .output

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_tanh) }

    // y = tanh x  ⇒  x̄ = ȳ·(1 - y²)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [cotangent * (1 - saved.output * saved.output)]
    }
}

/// Elementwise `1 / (1 + e⁻ˣ)`.
struct Sigmoid: Primitive {
    static let saves: SavedValues = .output

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_sigmoid) }

    // y = σ(x)  ⇒  x̄ = ȳ·y·(1 - y)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [cotangent * saved.output * (1 - saved.output)]
    }
}

extension Tensor {
    /// Elementwise `eˣ`.
    public func exp() -> Tensor { Exponential()(self) }
    /// Elementwise natural logarithm.
    public func log() -> Tensor { Logarithm()(self) }
    /// Elementwise square root.
    public func squareRoot() -> Tensor { SquareRoot()(self) }
    /// Elementwise hyperbolic tangent.
    public func tanh() -> Tensor { HyperbolicTangent()(self) }
    /// Elementwise `1 / (1 + e⁻ˣ)`.
    public func sigmoid() -> Tensor { Sigmoid()(self) }
}
