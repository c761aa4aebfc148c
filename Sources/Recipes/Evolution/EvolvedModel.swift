import Evolution
import Layers
import TensorEngine

/// What is kept of a population as the model: the center of its distribution, or the champion of its networks.
enum EvolvedModel: Parameterized {
    /// A point, [coordinates].
    case point(Parameter)
    /// Weights and biases of the layers, in the order of a `FlatPerceptron`.
    case perceptron(widths: [Int], [(name: String, parameter: Parameter)])
    /// Rows of links (`Genome.rows`), [limit, 4].
    case genome(NetworkShape, Parameter)

    /// A perceptron, with zeros.
    init(widths: [Int]) {
        var named: [(name: String, parameter: Parameter)] = []
        for (layer, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
            named.append(("\(layer).weight", Parameter(Tensor(repeating: 0, shape: [inputs, outputs]))))
            named.append(("\(layer).bias", Parameter(Tensor(repeating: 0, shape: [outputs]))))
        }
        self = .perceptron(widths: widths, named)
    }

    private var named: [(name: String, parameter: Parameter)] {
        switch self {
        case .point(let parameter): [("position", parameter)]
        case .perceptron(_, let named): named
        case .genome(_, let parameter): [("champion", parameter)]
        }
    }

    var parameters: ParameterTree { ParameterTree(named.map { ($0.name, $0.parameter) }) }

    /// Makes it that of a population.
    func assign(_ population: EvolutionStore.Population) {
        let elements: [Float]
        switch population {
        case .vectors(let distribution): elements = distribution.mean.map { Float($0) }
        case .networks(let networks):
            elements = (networks.champion ?? networks.genomes[0]).rows(
                limit: named[0].parameter.shape.count / Genome.rowSize)
        }
        var start = 0
        for (_, parameter) in named {
            let count = parameter.shape.count
            parameter.assign(Tensor(Array(elements[start..<start + count]), shape: parameter.shape))
            start += count
        }
    }

    /// Its elements as one vector.
    var elements: [Float] { named.flatMap(\.parameter.value.values) }
}
