import Layers
import TensorEngine

/// A perceptron with ReLU whose weights may be other ones for each task.
struct TaskPerceptron: Parameterized {
    /// The weight and the bias of each layer, in the order of the layers.
    let weights: [Parameter]

    init(widths: [Int], random: inout InitializationRandom) {
        weights = zip(widths, widths.dropFirst()).flatMap { inputs, outputs in
            // PyTorch's: biases of 0 would bend all units at the same point of a line
            let initializer = Initializer.uniform(bound: 1 / Float(inputs).squareRoot())
            return [[inputs, outputs], [outputs]].map { sizes in
                initializer.parameter(shape: Shape(sizes), fanIn: inputs, fanOut: outputs, random: &random)
            }
        }
    }

    var parameters: ParameterTree {
        let layers = stride(from: 0, to: weights.count, by: 2).map { index in
            ("\(index / 2)", ["weight": weights[index], "bias": weights[index + 1]] as ParameterTree)
        }
        return ["layers": ParameterTree(layers)]
    }

    /// The shared weights, once for each task: [tasks, inputs, outputs] and [tasks, 1, outputs].
    func weights(tasks: Int) -> [Tensor] {
        weights.map { parameter in
            let sizes = parameter.shape.sizes
            let matrix = sizes.count == 1 ? [1] + sizes : sizes
            return parameter.value.reshaped(to: Shape([1] + matrix)).broadcast(to: Shape([tasks] + matrix))
        }
    }

    /// [tasks, points, inputs] → [tasks, points, outputs], with the weights of each task.
    func callAsFunction(_ x: Tensor, _ weights: [Tensor]) -> Tensor {
        var x = x
        for index in stride(from: 0, to: weights.count, by: 2) {
            x = x.batchedMatrixProduct(weights[index]) + weights[index + 1]
            if index + 2 < weights.count { x = x.relu() }
        }
        return x
    }

    /// The graph of [points, inputs] → [points, outputs] with the shared weights.
    func describe(_ x: GraphValue, in graph: GraphBuilder) -> GraphValue {
        var x = x
        for index in stride(from: 0, to: weights.count, by: 2) {
            x = graph.linear(x, weight: weights[index], bias: weights[index + 1])
            if index + 2 < weights.count { x = graph.relu(x) }
        }
        return x
    }

    /// The mean squared error of each task, summed over the tasks.
    func error(_ x: Tensor, _ y: Tensor, _ weights: [Tensor]) -> Tensor {
        let difference = self(x, weights) - y
        return (difference * difference).sum() / Float(x.shape[1])
    }
}
