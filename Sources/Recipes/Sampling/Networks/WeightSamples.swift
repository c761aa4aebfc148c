import Layers
import TensorEngine

/// The weights that a chain of networks has had, the latest few, kept with the model.
struct WeightSamples: Parameterized {
    /// For each parameter of the network, [samples, …].
    private let tensors: [Parameter]
    /// How many are filled, and how many were ever kept.
    private let count: Parameter
    private let names: [String]

    init(_ network: MultilayerPerceptron, samples: Int) {
        let all = network.parameters.named
        names = all.map { $0.name.replacing(".", with: "_") }
        tensors = all.map { Parameter(Tensor(repeating: 0, shape: Shape([samples] + $0.parameter.shape.sizes))) }
        count = Parameter(Tensor([0]))
    }

    var parameters: ParameterTree {
        ParameterTree(zip(names, tensors).map { ($0, $1) } + [("count", count)])
    }

    private var capacity: Int { tensors[0].shape[0] }
    private var total: Int { Int(count.value.values[0]) }
    /// How many there are.
    var kept: Int { min(total, capacity) }

    /// The weights of each.
    var values: [[Tensor]] {
        (0..<kept).map { index in
            tensors.map { tensor in
                let shape = Shape(Array(tensor.shape.sizes.dropFirst()))
                return tensor.value.slice(index..<(index + 1), alongAxis: 0).reshaped(to: shape)
            }
        }
    }

    /// Keeps the weights of `network` as the `number`th of the run, from 0, in place of the oldest.
    ///
    /// Given the number, it does the same however often it is called: ranks may share this memory.
    func keep(_ network: MultilayerPerceptron, number: Int) {
        let index = number % capacity
        for (tensor, source) in zip(tensors, network.parameters.named.map(\.parameter)) {
            var values = tensor.value.values
            let size = source.shape.count
            values.replaceSubrange((index * size)..<((index + 1) * size), with: source.value.values)
            tensor.assign(Tensor(values, shape: tensor.shape))
        }
        count.assign(Tensor([Float(number + 1)]))
    }
}
