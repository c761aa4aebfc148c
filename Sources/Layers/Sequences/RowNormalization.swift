public import TensorEngine

/// Brings each row to mean 0 and variance 1, then scales and shifts each element: `(x - mean) / √(variance + ε) · w + b`.
///
/// Source: Ba, Kiros, Hinton, "Layer normalization", 2016.
public struct LayerNormalization: Module {
    /// The factors, [width]; they begin at 1.
    public let weight: Parameter
    /// The shifts, [width], when there are any; they begin at 0.
    public let bias: Parameter?
    let epsilon: Float

    public var parameters: ParameterTree { .init(weight: weight, bias: bias) }

    /// A normalization of rows of `width` elements.
    public init(_ width: Int, hasBias: Bool = true, epsilon: Float = 1e-5) {
        weight = Parameter(Tensor(repeating: 1, shape: [width]), axes: .vector("width"))
        bias = hasBias ? Parameter(Tensor(repeating: 0, shape: [width]), axes: .vector("width")) : nil
        self.epsilon = epsilon
    }

    /// [..., width] → the same shape.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        x.layerNormalized(weight: weight.value, bias: bias?.value, epsilon: epsilon)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        graph.layerNormalization(x, weight: weight, bias: bias, epsilon: epsilon)
    }
}

/// Brings each row to mean square 1, then scales each element: `x / √(mean of x² + ε) · w`.
///
/// Source: Zhang, Sennrich, "Root mean square layer normalization", 2019.
public struct RMSNormalization: Module {
    /// The factors, [width]; they begin at 1.
    public let weight: Parameter
    private let epsilon: Float

    public var parameters: ParameterTree { ["weight": weight] }

    /// A normalization of rows of `width` elements.
    public init(_ width: Int, epsilon: Float = 1e-5) {
        weight = Parameter(Tensor(repeating: 1, shape: [width]), axes: .vector("width"))
        self.epsilon = epsilon
    }

    /// [..., width] → the same shape.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        x.rmsNormalized(weight: weight.value, epsilon: epsilon)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        graph.rmsNormalization(x, weight: weight, epsilon: epsilon)
    }
}

extension ParameterTree {
    /// `weight`, and `bias` if there is one.
    init(weight: Parameter, bias: Parameter?) {
        self.init([("weight", weight)] + (bias.map { [("bias", $0)] } ?? []))
    }
}
