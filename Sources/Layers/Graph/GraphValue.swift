package import TensorEngine

/// The size of an axis of an exported graph: fixed, or named and chosen by whoever runs it, such as `batch`.
public enum GraphDimension: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// The same in every run.
    case fixed(Int)
    /// A dynamic axis.
    case named(String)

    /// A fixed size.
    public init(integerLiteral size: Int) { self = .fixed(size) }
    /// A dynamic axis.
    public init(stringLiteral name: String) { self = .named(name) }

    /// The size, if it is fixed.
    public var size: Int? { if case .fixed(let size) = self { size } else { nil } }

    public var description: String {
        switch self {
        case .fixed(let size): "\(size)"
        case .named(let name): name
        }
    }
}

/// A value of a graph that `GraphBuilder` builds: what a `Tensor` is in a computation, without elements.
public struct GraphValue: Sendable {
    /// The number of the value in its graph.
    package let id: Int
    /// The axes as in Lockstep: images are [n, height, width, channels].
    public let shape: [GraphDimension]
    /// Whether its elements are integers, such as tokens.
    package let isInteger: Bool
    /// How the elements lie in the exported graph.
    package let arrangement: Arrangement

    /// The order of the elements in the exported graph, which has PyTorch's layouts.
    package enum Arrangement: Sendable, Equatable {
        /// As in Lockstep.
        case rowMajor
        /// The innermost axis comes second: [n, channels, height, width].
        case channelsFirst
        /// Rows of [channels, height, width] where Lockstep's are of these extents [height, width, channels].
        case flattened([Int])
    }

    /// The number of axes.
    public var rank: Int { shape.count }

    /// The size of the innermost axis, which must be fixed.
    package var width: Int { shape.last?.size ?? 0 }

    /// The axes as the exported graph has them.
    package var exportedShape: [GraphDimension] {
        guard arrangement == .channelsFirst, let channels = shape.last else { return shape }
        return [shape[0], channels] + shape[1..<(rank - 1)]
    }

    /// The axis of the exported graph that is `axis` here; negative ones count from the end.
    package func exportedAxis(_ axis: Int) -> Int {
        let axis = axis < 0 ? axis + rank : axis
        guard arrangement == .channelsFirst, axis > 0 else { return axis }
        return axis == rank - 1 ? 1 : axis + 1
    }
}

/// A tensor of fixed elements in a graph: a parameter, a running statistic or a constant.
package enum GraphTensor: Sendable {
    case parameter(ParameterReference)
    case statistic(StatisticReference)
    case constant(Tensor)

    /// A parameter, which is read where the graph is written.
    package struct ParameterReference: @unchecked Sendable {
        package let parameter: Parameter
        /// What its axes are; where the parameter does not say it, as the operation takes them.
        package let axes: ParameterAxes?
    }
    /// A running statistic, which is read where the graph is written.
    package struct StatisticReference: @unchecked Sendable { package let statistic: RunningStatistic }

    package init(_ parameter: Parameter, axes: ParameterAxes? = nil) {
        self = .parameter(ParameterReference(parameter: parameter, axes: parameter.axes ?? axes))
    }
    package init(_ statistic: RunningStatistic) { self = .statistic(StatisticReference(statistic: statistic)) }
}
