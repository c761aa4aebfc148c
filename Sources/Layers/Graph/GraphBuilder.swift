import Preconditions
package import TensorEngine

/// Builds the graph of a model for export to ONNX and PyTorch: layers describe with it what they compute in inference.
///
/// Its operations are named as those of `Tensor`, and take and give shapes as in Lockstep; the builder turns layouts where
/// PyTorch has others. A layer of one's own is exported if its `describe` states its `callAsFunction` in these operations
/// and in the `describe` of the layers that it is made of.
public final class GraphBuilder {
    package private(set) var nodes: [GraphNode] = []
    package private(set) var values: [GraphValue] = []

    package init() {}

    /// A new value that no node computes.
    package func makeValue(
        _ shape: [GraphDimension], isInteger: Bool = false, arrangement: GraphValue.Arrangement = .rowMajor
    ) -> GraphValue {
        let value = GraphValue(id: values.count, shape: shape, isInteger: isInteger, arrangement: arrangement)
        values.append(value)
        return value
    }

    /// The output of an operation.
    package func node(
        _ operation: GraphOperation, _ inputs: [GraphValue], _ shape: [GraphDimension],
        arrangement: GraphValue.Arrangement = .rowMajor
    ) -> GraphValue {
        let output = makeValue(shape, arrangement: arrangement)
        nodes.append(GraphNode(operation: operation, inputs: inputs.map(\.id), outputs: [output.id]))
        return output
    }

    /// The outputs of an operation.
    package func node(
        _ operation: GraphOperation, _ inputs: [GraphValue], outputs shapes: [[GraphDimension]]
    ) -> [GraphValue] {
        let outputs = shapes.map { makeValue($0) }
        nodes.append(GraphNode(operation: operation, inputs: inputs.map(\.id), outputs: outputs.map(\.id)))
        return outputs
    }

    /// The same value with its elements as in Lockstep.
    package func rowMajor(_ x: GraphValue) -> GraphValue {
        switch x.arrangement {
        case .rowMajor: return x
        case .channelsFirst:
            return node(.permute([0] + (2..<x.rank) + [1]), [x], x.shape)
        case .flattened(let extents):
            let (height, width, channels) = (extents[0], extents[1], extents[2])
            if channels == 1 || height * width == 1 { return rearranged(x, as: .rowMajor) }
            let image = node(
                .reshape([nil, channels, height, width]), [x],
                [x.shape[0], .fixed(height), .fixed(width), .fixed(channels)], arrangement: .channelsFirst)
            return node(.reshape([nil, height * width * channels]), [rowMajor(image)], x.shape)
        }
    }

    /// The same value with its channels in axis 1; it has three axes or more.
    package func channelsFirst(_ x: GraphValue) -> GraphValue {
        if x.arrangement == .channelsFirst { return x }
        let x = rowMajor(x)
        return node(.permute([0, x.rank - 1] + (1..<(x.rank - 1))), [x], x.shape, arrangement: .channelsFirst)
    }

    /// The same elements under another name.
    private func rearranged(_ x: GraphValue, as arrangement: GraphValue.Arrangement) -> GraphValue {
        GraphValue(id: x.id, shape: x.shape, isInteger: x.isInteger, arrangement: arrangement)
    }

    /// Rows as the columns of `weight` are in PyTorch: of a layer behind a flattened image in the order of channels, height, width.
    package func rows(_ x: GraphValue, for weight: Parameter) -> GraphValue {
        guard let extents = weight.axes?.flattened, x.arrangement != .flattened(extents) else {
            return weight.axes?.flattened == nil ? rowMajor(x) : x
        }
        let image = node(
            .reshape([nil] + extents), [rowMajor(x)], [x.shape[0]] + extents.map { .fixed($0) })
        return flatten(channelsFirst(image))
    }

    /// [n, …] → [n, elements of a sample].
    public func flatten(_ x: GraphValue) -> GraphValue {
        let sizes = x.shape.dropFirst().map { $0.size }
        require(!sizes.contains(nil), "GraphBuilder.flatten: the sizes of a sample must be fixed, found \(x.shape)")
        let extents = sizes.compactMap { $0 }
        let count = extents.reduce(1, *)
        guard x.arrangement == .channelsFirst, extents.count == 3 else {
            return x.rank == 2 ? x : node(.reshape([nil, count]), [rowMajor(x)], [x.shape[0], .fixed(count)])
        }
        return node(.reshape([nil, count]), [x], [x.shape[0], .fixed(count)], arrangement: .flattened(extents))
    }

    /// [n, …] → [n] + `sizes`: the same elements.
    public func reshape(_ x: GraphValue, to sizes: [Int]) -> GraphValue {
        node(.reshape([nil] + sizes), [rowMajor(x)], [x.shape[0]] + sizes.map { .fixed($0) })
    }

    /// The first element of a shape that is not known, for an error.
    func fixed(_ dimension: GraphDimension, _ operation: String) -> Int {
        guard let size = dimension.size else {
            exitWithError("GraphBuilder.\(operation): the axis \(dimension) must have a fixed size")
        }
        return size
    }
}

/// An operation with the values that it takes and makes.
package struct GraphNode: Sendable {
    package let operation: GraphOperation
    package let inputs, outputs: [Int]
}

/// A layer or model cannot be exported, since it does not say what it computes.
public struct LayerNotDescribed: Error, CustomStringConvertible {
    let layer: String

    /// For a layer of this type.
    public init(_ layer: Any) { self.layer = "\(type(of: layer))" }

    public var description: String {
        "cannot export \(layer): it does not describe its graph; give it the method describe(_:in:) of the protocol Module"
    }
}
