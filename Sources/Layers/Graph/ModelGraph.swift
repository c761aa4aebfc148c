public import TensorEngine

/// An input of an exported graph.
public struct GraphInput: Sendable {
    /// What the elements are.
    public enum Elements: Sendable, Equatable {
        /// Float32 numbers.
        case numbers
        /// Integers from 0 to below a number, such as tokens.
        case indices(below: Int)
        /// Integers from 1 to the size of a dynamic axis, such as the lengths of padded sequences.
        case lengths(of: String)
    }

    /// The name, an identifier.
    public let name: String
    /// The axes as in Lockstep.
    public let shape: [GraphDimension]
    /// What the elements are.
    public let elements: Elements
    /// Whether the exported graph takes it as [n, channels, …], as PyTorch does.
    package let isImage: Bool

    /// Numbers of this shape.
    public static func numbers(_ name: String, _ shape: [GraphDimension]) -> GraphInput {
        GraphInput(name: name, shape: shape, elements: .numbers, isImage: false)
    }

    /// Images [n, height, width, channels], which the exported graph takes as [n, channels, height, width].
    public static func images(_ name: String, _ shape: [GraphDimension]) -> GraphInput {
        GraphInput(name: name, shape: shape, elements: .numbers, isImage: true)
    }

    /// Integers from 0 to below `limit`.
    public static func indices(_ name: String, _ shape: [GraphDimension], below limit: Int) -> GraphInput {
        GraphInput(name: name, shape: shape, elements: .indices(below: limit), isImage: false)
    }

    /// For each sample the length of its sequence, from 1 to the size of the axis `axis`.
    public static func lengths(_ name: String, _ batch: GraphDimension, of axis: String) -> GraphInput {
        GraphInput(name: name, shape: [batch], elements: .lengths(of: axis), isImage: false)
    }
}

/// The elements of an input of a graph.
public enum GraphArgument: Sendable {
    /// Of an input of numbers.
    case tensor(Tensor)
    /// Of an input of integers.
    case indices(Indices)

    /// The numbers.
    public var tensor: Tensor { if case .tensor(let tensor) = self { tensor } else { Tensor(0) } }
    /// The integers.
    public var indices: Indices { if case .indices(let indices) = self { indices } else { Indices([]) } }
}

/// A function of a model that is exported, such as the generator of a GAN: its inputs, its graph and what it computes.
public struct ExportedFunction {
    /// The name of the file and of the class, such as `generator`.
    public let name: String
    /// In one line.
    public let summary: String
    /// The inputs, in order.
    public let inputs: [GraphInput]
    /// The names of the outputs, in order.
    public let outputs: [String]
    /// The largest sizes of dynamic axes, such as the context of a transformer: `["time": 64]`.
    public var limits: [String: Int] = [:]
    /// States the outputs for the inputs.
    package let describe: ([GraphValue], GraphBuilder) throws -> [GraphValue]
    /// Computes the outputs with Lockstep, to compare with.
    package let compute: ([GraphArgument]) -> [Tensor]

    /// A function under a name; `describe` builds its graph, and `compute` computes the same.
    public init(
        _ name: String, _ summary: String, inputs: [GraphInput], outputs: [String], limits: [String: Int] = [:],
        describe: @escaping ([GraphValue], GraphBuilder) throws -> [GraphValue],
        compute: @escaping ([GraphArgument]) -> [Tensor]
    ) {
        (self.name, self.summary, self.inputs, self.outputs) = (name, summary, inputs, outputs)
        (self.limits, self.describe, self.compute) = (limits, describe, compute)
    }

    /// A module of one input and one output.
    public init(
        _ name: String, _ summary: String, input: GraphInput, output: String, of module: any Module
    ) {
        self.init(
            name, summary, inputs: [input], outputs: [output],
            describe: { [try module.describe($0[0], in: $1)] }, compute: { [module($0[0].tensor, .inference())] })
    }
}

/// The graph of a function, in PyTorch's layouts.
package struct ModelGraph {
    package let nodes: [GraphNode]
    /// By number.
    package let values: [GraphValue]
    /// In the order of the function's.
    package let inputs, outputs: [GraphValue]

    /// The graph that `function` describes.
    package init(_ function: ExportedFunction) throws {
        let builder = GraphBuilder()
        inputs = function.inputs.map { input in
            builder.makeValue(
                input.shape, isInteger: input.elements != .numbers,
                arrangement: input.isImage ? .channelsFirst : .rowMajor)
        }
        outputs = try function.describe(inputs, builder).map { value in
            value.rank == 4 ? builder.channelsFirst(value) : builder.rowMajor(value)
        }
        (nodes, values) = (builder.nodes, builder.values)
    }
}
