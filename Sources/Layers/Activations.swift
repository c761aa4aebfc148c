public import TensorEngine

/// An activation: a module that applies a function and has no parameters.
public struct Activation: Module {
    private let function: (Tensor) -> Tensor

    /// The module of `function`.
    public init(_ function: @escaping (Tensor) -> Tensor) { self.function = function }

    public var parameters: ParameterTree { [:] }

    /// The function of `x`.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { function(x) }
}

extension Activation {
    /// `max(x, 0)`, with derivative 0 at 0.
    public static var relu: Activation { Activation { $0.relu() } }
    /// The hyperbolic tangent.
    public static var tanh: Activation { Activation { $0.tanh() } }
    /// `1 / (1 + e⁻ˣ)`.
    public static var sigmoid: Activation { Activation { $0.sigmoid() } }
    /// `x` above 0, else `slope·x`.
    public static func leakyReLU(slope: Float = 0.01) -> Activation { Activation { $0.leakyReLU(slope: slope) } }
    /// `x` above 0, else `alpha·(eˣ - 1)`.
    public static func elu(alpha: Float) -> Activation { Activation { $0.elu(alpha: alpha) } }
    /// `x` above 0, else `eˣ - 1`.
    public static var elu: Activation { .elu(alpha: 1) }
    /// `x / (1 + e⁻ˣ)`, also called swish.
    public static var silu: Activation { Activation { $0.silu() } }
    /// `ln(1 + eˣ)`.
    public static var softplus: Activation { Activation { $0.softplus() } }
    /// `x·Φ(x)`, with the normal distribution's Φ.
    public static var gelu: Activation { Activation { $0.gelu() } }
    /// GELU's approximation by the hyperbolic tangent.
    public static var geluByTanh: Activation { Activation { $0.geluByTanh() } }
    /// `eˣ / Σeˣ` along the innermost axis.
    public static var softmax: Activation { Activation { $0.softmax() } }
    /// The logarithm of `softmax`.
    public static var logSoftmax: Activation { Activation { $0.logSoftmax() } }
}
