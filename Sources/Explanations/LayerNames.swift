import Layers
import TensorEngine

/// The layers of a model that can be named: the outputs of the nodes of its graph.
struct LayerNames {
    /// In the order in which they are computed.
    let layers: [(name: String, value: Int)]

    /// Layers with parameters are named as their module, such as `layers.0`, others as what they do, such as `relu`,
    /// `relu2`.
    init(_ graph: ModelGraph, _ model: any Parameterized) {
        var names: [ObjectIdentifier: String] = [:]
        for (name, parameter) in model.parameters.named { names[ObjectIdentifier(parameter)] = name }
        var counts: [String: Int] = [:]
        layers = graph.nodes.compactMap { node in
            guard let kind = node.operation.layerName else { return nil }
            var name = kind
            if case .parameter(let reference)? = node.operation.mainTensor,
                let own = names[ObjectIdentifier(reference.parameter)]
            {
                name = own.split(separator: ".").dropLast().joined(separator: ".")
                if name.isEmpty { name = own }
            }
            let number = counts[name, default: 0] + 1
            counts[name] = number
            return (number == 1 ? name : "\(name)#\(number)", node.outputs[0])
        }
    }

    /// The number of the value of this layer.
    func value(of name: String) throws -> Int {
        guard let layer = layers.first(where: { $0.name == name }) else {
            throw ExplanationError.unknownLayer(name, known: layers.map(\.name))
        }
        return layer.value
    }
}

extension GraphOperation {
    /// What it does, in a word; nil for what only rearranges.
    fileprivate var layerName: String? {
        switch self {
        case .linear: "linear"
        case .convolution: "convolution"
        case .batchNormalization, .groupNormalization, .layerNormalization, .rmsNormalization: "normalization"
        case .pooling: "pooling"
        case .function(let function): String("\(function)".prefix { $0 != "(" })
        case .binary(let arithmetic): arithmetic.rawValue
        case .embedding: "embedding"
        case .attention: "attention"
        case .recurrent: "recurrent"
        case .reduce(let reduction, _, _): reduction.rawValue
        default: nil
        }
    }

    /// The tensor that names its module.
    fileprivate var mainTensor: GraphTensor? {
        switch self {
        case .linear(let weight, _), .embedding(let weight), .rmsNormalization(let weight, _),
            .layerNormalization(let weight, _, _), .groupNormalization(_, let weight, _, _),
            .batchNormalization(let weight, _, _, _, _):
            weight
        case .convolution(let convolution): convolution.weight
        case .recurrent(let recurrence): recurrence.layers[0][0].inputWeight
        default: nil
        }
    }
}
