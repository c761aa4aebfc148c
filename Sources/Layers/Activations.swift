public import TensorEngine

/// An activation: a module that applies a function and has no parameters.
public struct Activation: Module {
    private let function: (Tensor) -> Tensor
    private let description: ((GraphBuilder, GraphValue) -> GraphValue)?

    /// The module of `function`; `description` states it for `export`, where it is to be exported.
    public init(
        _ function: @escaping (Tensor) -> Tensor,
        describing description: ((GraphBuilder, GraphValue) -> GraphValue)? = nil
    ) {
        (self.function, self.description) = (function, description)
    }

    public var parameters: ParameterTree { [:] }

    /// The function of `x`.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { function(x) }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        guard let description else { throw LayerNotDescribed(self) }
        return description(graph, x)
    }
}

extension Activation {
    /// `max(x, 0)`, with derivative 0 at 0.
    public static var relu: Activation { Activation({ $0.relu() }) { $0.relu($1) } }
    /// The hyperbolic tangent.
    public static var tanh: Activation { Activation({ $0.tanh() }) { $0.tanh($1) } }
    /// `1 / (1 + e⁻ˣ)`.
    public static var sigmoid: Activation { Activation({ $0.sigmoid() }) { $0.sigmoid($1) } }
    /// `x` above 0, else `slope·x`.
    public static func leakyReLU(slope: Float = 0.01) -> Activation {
        Activation({ $0.leakyReLU(slope: slope) }) { $0.leakyReLU($1, slope: slope) }
    }
    /// `x` above 0, else `alpha·(eˣ - 1)`.
    public static func elu(alpha: Float) -> Activation {
        Activation({ $0.elu(alpha: alpha) }) { $0.elu($1, alpha: alpha) }
    }
    /// `x` above 0, else `eˣ - 1`.
    public static var elu: Activation { .elu(alpha: 1) }
    /// `x / (1 + e⁻ˣ)`, also called swish.
    public static var silu: Activation { Activation({ $0.silu() }) { $0.silu($1) } }
    /// `ln(1 + eˣ)`.
    public static var softplus: Activation { Activation({ $0.softplus() }) { $0.softplus($1) } }
    /// `x·Φ(x)`, with the normal distribution's Φ.
    public static var gelu: Activation { Activation({ $0.gelu() }) { $0.gelu($1) } }
    /// GELU's approximation by the hyperbolic tangent.
    public static var geluByTanh: Activation { Activation({ $0.geluByTanh() }) { $0.geluByTanh($1) } }
    /// `eˣ / Σeˣ` along the innermost axis.
    public static var softmax: Activation { Activation({ $0.softmax() }) { $0.softmax($1) } }
    /// The logarithm of `softmax`.
    public static var logSoftmax: Activation { Activation({ $0.logSoftmax() }) { $0.logSoftmax($1) } }
}
