import Preconditions
public import TensorEngine

/// Group normalization: each sample's moments over its places and the channels of a group. Source: Wu and He, 2018.
public struct GroupNormalization: Module {
    /// The scales and the shifts, [channels]; they begin at 1 and 0.
    public let scale, shift: Parameter
    private let groups: Int
    private let epsilon: Float

    public var parameters: ParameterTree { ["scale": scale, "shift": shift] }

    /// A layer for this many channels in groups of equal size.
    public init(groups: Int, channels: Int, epsilon: Float = 1e-5) {
        require(
            groups >= 1 && channels % groups == 0,
            "GroupNormalization: \(channels) channels do not make \(groups) equal groups")
        scale = Parameter(Tensor(repeating: 1, shape: [channels]), axes: .vector("channels"))
        shift = Parameter(Tensor(repeating: 0, shape: [channels]), axes: .vector("channels"))
        (self.groups, self.epsilon) = (groups, epsilon)
    }

    /// [n, …, channels] → the same shape.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        x.groupNormalized(groups: groups, scale: scale.value, shift: shift.value, epsilon: epsilon)
    }
}
