package import Checkpoints
import Kernels
package import Layers
import TensorEngine

/// Random inputs of a function, and its outputs as Lockstep computes them, in the layouts of the exported graph.
package struct ExportExample {
    /// The inputs in the layouts of Lockstep.
    package let arguments: [GraphArgument]
    package let inputs, outputs: [NamedTensor]

    /// How many examples there are of a function, with different sizes of dynamic axes.
    package static let count = 3

    /// The example `number`, from 0, of a function: of a few, of one, and of more samples and positions.
    package init(_ function: ExportedFunction, number: Int = 0) throws {
        let graph = try ModelGraph(function)
        let sizes = Self.sizes(function, number)
        let prefix = number == 0 ? function.name : "\(function.name).\(number + 1)"
        var random = PhiloxGenerator(seed: 1, purpose: .initialization, stream: UInt64(number))
        arguments = function.inputs.map { input in
            let shape = Shape(input.shape.map { Self.size($0, sizes) })
            switch input.elements {
            case .numbers:
                return GraphArgument.tensor(Tensor(shape: shape) { random.fill($0, mean: 0, deviation: 1) })
            case .indices(let limit):
                return .indices(
                    Indices(
                        (0..<shape.count).map { _ in min(Int32(random.uniform() * Float(limit)), Int32(limit - 1)) },
                        shape: shape))
            case .lengths(let axis):
                // the first as long as the axis, the others shorter
                let longest = sizes[axis] ?? 1
                return .indices(Indices((0..<shape.count).map { Int32(max(1, longest - 2 * $0)) }, shape: shape))
            }
        }
        func named(_ name: String, _ tensor: Tensor, _ value: GraphValue) -> NamedTensor {
            let rank = tensor.shape.rank
            let own =
                value.arrangement == .channelsFirst
                ? tensor.permuted([0, rank - 1] + (1..<(rank - 1))) : tensor
            return NamedTensor(name: "\(prefix).\(name)", shape: own.shape.sizes, values: own.values)
        }
        inputs = zip(zip(function.inputs, arguments), graph.inputs).map { input, value in
            switch input.1 {
            case .tensor(let tensor): named(input.0.name, tensor, value)
            case .indices(let indices):
                named(input.0.name, Tensor(indices.values.map { Float($0) }, shape: indices.shape), value)
            }
        }
        outputs = zip(zip(function.outputs, function.compute(arguments)), graph.outputs).map { output, value in
            named(output.0, output.1, value)
        }
    }

    /// The sizes of dynamic axes: different ones, within their limits.
    private static func sizes(_ function: ExportedFunction, _ number: Int) -> [String: Int] {
        var sizes = ["batch": [3, 1, 5][number]]
        for case .named(let name) in function.inputs.flatMap(\.shape) where sizes[name] == nil {
            sizes[name] = min([5 + sizes.count, 1, 17 + 2 * sizes.count][number], function.limits[name] ?? .max)
        }
        return sizes
    }

    private static func size(_ dimension: GraphDimension, _ sizes: [String: Int]) -> Int {
        switch dimension {
        case .fixed(let size): size
        case .named(let name): sizes[name] ?? 1
        }
    }
}
