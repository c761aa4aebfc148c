import CKernels

/// Elementwise `a + b`, broadcast.
struct Add: Primitive {
    static let saves: SavedValues = []

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor.combine(inputs, "+", lockstep_add) }

    // y = a + b  ⇒  ā = ȳ, b̄ = ȳ
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent, cotangent] }
}

/// Elementwise `a - b`, broadcast.
struct Subtract: Primitive {
    static let saves: SavedValues = []

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor.combine(inputs, "-", lockstep_subtract) }

    // y = a - b  ⇒  ā = ȳ, b̄ = -ȳ
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent, saved.needs[1] ? -cotangent : nil] }
}

/// Elementwise `a · b`, broadcast.
struct Multiply: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor.combine(inputs, "*", lockstep_multiply) }

    // y = a·b  ⇒  ā = ȳ·b, b̄ = ȳ·a
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [
            saved.needs[0] ? cotangent * saved.inputs[1] : nil,
            saved.needs[1] ? cotangent * saved.inputs[0] : nil,
        ]
    }
}

/// Elementwise `a / b`, broadcast.
struct Divide: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor.combine(inputs, "/", lockstep_divide) }

    // y = a/b  ⇒  ā = ȳ/b, b̄ = -ȳ·a/b²
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (a, b) = (saved.inputs[0], saved.inputs[1])
        return [saved.needs[0] ? cotangent / b : nil, saved.needs[1] ? -(cotangent * a) / (b * b) : nil]
    }
}

/// Elementwise `scale·x + shift` with two numbers.
struct Affine: Primitive {
    static let saves: SavedValues = []
    let scale: Float
    var shift: Float = 0

    func forward(_ inputs: [Tensor]) -> Tensor {
        inputs[0].map { lockstep_affine($0, scale, shift, $1, $2) }
    }

    // y = s·x + t  ⇒  x̄ = s·ȳ
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [Affine(scale: scale)(cotangent)] }
}

extension Tensor {
    /// The elementwise sum, broadcast.
    public static func + (a: Tensor, b: Tensor) -> Tensor { Add()(a, b) }
    /// The elementwise difference, broadcast.
    public static func - (a: Tensor, b: Tensor) -> Tensor { Subtract()(a, b) }
    /// The elementwise product, broadcast.
    public static func * (a: Tensor, b: Tensor) -> Tensor { Multiply()(a, b) }
    /// The elementwise quotient, broadcast.
    public static func / (a: Tensor, b: Tensor) -> Tensor { Divide()(a, b) }
    /// The elementwise opposite.
    public static prefix func - (a: Tensor) -> Tensor { Affine(scale: -1)(a) }
    /// Each element plus a number.
    public static func + (a: Tensor, b: Float) -> Tensor { Affine(scale: 1, shift: b)(a) }
    /// Each element plus a number.
    public static func + (a: Float, b: Tensor) -> Tensor { b + a }
    /// Each element less a number.
    public static func - (a: Tensor, b: Float) -> Tensor { Affine(scale: 1, shift: -b)(a) }
    /// A number less each element.
    public static func - (a: Float, b: Tensor) -> Tensor { Affine(scale: -1, shift: a)(b) }
    /// Each element times a number.
    public static func * (a: Tensor, b: Float) -> Tensor { Affine(scale: b)(a) }
    /// Each element times a number.
    public static func * (a: Float, b: Tensor) -> Tensor { Affine(scale: a)(b) }
    /// Each element divided by a number.
    public static func / (a: Tensor, b: Float) -> Tensor { Affine(scale: 1 / b)(a) }
}
