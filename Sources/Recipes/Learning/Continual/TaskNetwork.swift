import Layers
import TensorEngine

/// A perceptron with ReLU, whose outputs some tasks share or each has for itself.
struct TaskNetwork: Parameterized {
    private let layers: [Linear]

    var parameters: ParameterTree { ["layers": ParameterTree(numbered: layers)] }

    /// Initialized as PyTorch's linear layers are, but for biases of 0.
    init(widths: [Int], random: inout InitializationRandom) {
        layers = zip(widths, widths.dropFirst()).map { inputs, outputs in
            Linear(inputs, outputs, initializer: .uniform(bound: 1 / Float(inputs).squareRoot()), random: &random)
        }
    }

    /// [n, pixels] → logits [n, outputs]; those of outputs that are not `active` are so low that their probability is 0.
    /// - Parameter active: for each row the outputs that there are; nil: all.
    func logits(_ x: Tensor, active: [Range<Int>]?) -> Tensor {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = layer(x)
            if index + 1 < layers.count { x = x.relu() }
        }
        return Self.masked(x, active)
    }

    /// The graph of the logits of all outputs.
    func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = try layer.describe(x, in: graph)
            if index + 1 < layers.count { x = graph.relu(x) }
        }
        return x
    }

    private static func masked(_ logits: Tensor, _ active: [Range<Int>]?) -> Tensor {
        guard let active else { return logits }
        let outputs = logits.shape[1]
        return logits
            + Tensor(shape: logits.shape) { elements in
                for (row, range) in active.enumerated() {
                    for output in 0..<outputs {
                        elements[row * outputs + output] = range.contains(output) ? 0 : -1e9
                    }
                }
            }
    }

    /// The diagonal of the Fisher information of the weights, summed over the rows of x: Σ p(y|x)·(∂ ln p(y|x)/∂θ)² over all
    /// outputs y, for each parameter in order.
    ///
    /// The gradient of one row is an outer product of a layer's inputs and of the slopes of its outputs, so that the squares of
    /// all rows add up by one matrix product.
    func fisher(_ x: Tensor, active: [Range<Int>]?) -> [Tensor] {
        var (x, inputs, offsets) = (x, [Tensor](), [Tensor]())
        for (index, layer) in layers.enumerated() {
            inputs.append(x.detached * x.detached)
            let offset = Tensor(repeating: 0, shape: [x.shape[0], layer.weight.shape[1]]).tracked
            offsets.append(offset)
            x = layer(x) + offset
            if index + 1 < layers.count { x = x.relu() }
        }
        let logarithms = Self.masked(x, active).logSoftmax()
        var sums = layers.flatMap { layer in
            [layer.weight.shape, [layer.weight.shape[1]]].map { Tensor(repeating: 0, shape: $0) }
        }
        for output in 0..<logarithms.shape[1] {
            if let active, !active.contains(where: { $0.contains(output) }) { continue }
            let column = logarithms[0..., output..<output + 1]
            let probability = column.detached.exp()
            let slopes = gradients(of: column.sum(), withRespectTo: offsets, retainsGraph: true)
            for (index, slope) in slopes.enumerated() {
                let squares = slope * slope * probability
                sums[2 * index] = sums[2 * index] + inputs[index].matrixProduct(squares, transposingSelf: true)
                sums[2 * index + 1] = sums[2 * index + 1] + squares.sum(to: [squares.shape[1]])
            }
        }
        return sums
    }
}
