import Preconditions
public import TensorEngine

/// Group normalization: each sample's moments over its pixels or time steps and the channels of a group. Source: Wu and He, 2018.
public struct GroupNormalization: Module {
    /// The factors and the summands, [channels]; they begin at 1 and 0.
    public let weight, bias: Parameter
    private let groups: Int
    private let epsilon: Float

    public var parameters: ParameterTree { ["weight": weight, "bias": bias] }

    /// A layer for this many channels in groups of equal size.
    public init(groups: Int, channels: Int, epsilon: Float = 1e-5) {
        require(
            groups >= 1 && channels % groups == 0,
            "GroupNormalization: \(channels) channels do not make \(groups) equal groups")
        weight = Parameter(Tensor(repeating: 1, shape: [channels]), axes: .vector("channels"))
        bias = Parameter(Tensor(repeating: 0, shape: [channels]), axes: .vector("channels"))
        (self.groups, self.epsilon) = (groups, epsilon)
    }

    /// [n, …, channels] → the same shape.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        x.groupNormalized(groups: groups, weight: weight.value, bias: bias.value, epsilon: epsilon)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        graph.groupNormalization(x, groups: groups, weight: weight, bias: bias, epsilon: epsilon)
    }
}
