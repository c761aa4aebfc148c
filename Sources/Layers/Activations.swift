public import TensorEngine

/// A module without parameters that applies a function.
public struct Activation: Module {
    private let function: (Tensor) -> Tensor

    /// The module of `function`.
    public init(_ function: @escaping (Tensor) -> Tensor) { self.function = function }

    /// None.
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
}
