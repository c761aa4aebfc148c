import Datasets
import Kernels
import Layers
import Settings
import TensorEngine
import Training

/// The model for arrays: what the settings name, or what suits the shape of a sample.
struct ArrayModel {
    let schema: ArraySchema
    let summary: String
    /// The linear layer whose outputs are predicted.
    let outputLayer: String
    private let body: Body

    private enum Body {
        case perceptron(MultilayerPerceptron)
        case convolutional(ConvolutionalNetwork, image: [Int])
        case recurrent(SeriesNetwork)
    }

    var model: any Parameterized {
        switch body {
        case .perceptron(let model): model
        case .convolutional(let model, _): model
        case .recurrent(let model): model
        }
    }

    init(_ settings: Settings, _ schema: ArraySchema) throws {
        self.schema = schema
        let (sizes, shape, outputs) = (settings.model, schema.inputShape, schema.outputs)
        let dropout = Float(sizes.dropout)
        var name = sizes.name
        if name == "automatic" { name = shape.count == 2 ? "gru" : shape.count == 3 ? "cnn" : "mlp" }
        var random = InitializationRandom(seed: settings.seed)
        if let kind = RecurrentKind(rawValue: name) {
            guard shape.count == 2 else { throw UnsuitableShape(model: name, wanted: "[time, features]", shape: shape) }
            let hidden = sizes.width
            let need = MemoryNeed(recurrent: kind, inputs: shape[1], time: shape[0], sizes, outputs: outputs)
            try need.check(settings)
            body = .recurrent(
                SeriesNetwork(
                    kind, inputs: shape[1], hidden: hidden, layers: sizes.layers, outputs: outputs, dropout: dropout,
                    random: &random))
            summary =
                "\(name) in both directions, \(sizes.layers) \(sizes.layers == 1 ? "layer" : "layers") of \(hidden) units"
            outputLayer = "output"
        } else if name == "cnn" {
            guard shape.count == 2 || shape.count == 3 else {
                throw UnsuitableShape(
                    model: name, wanted: "[height, width, channels] or [length, channels]", shape: shape)
            }
            let image = shape.count == 2 ? [1] + shape : shape
            var network = ConvolutionalNetwork.Sizes(
                height: image[0], width: image[1], channels: image[2], outputs: outputs)
            (network.firstChannels, network.blocks) = (sizes.width, sizes.layers)
            guard sizes.layers <= 12 else { throw TooManyBlocks(layers: sizes.layers) }
            var need = MemoryNeed(parameters: network.parameterCount, settings: "model.layers and model.width")
            need.activations = network.activationCount
            try need.check(settings)
            body = .convolutional(ConvolutionalNetwork(network, dropout: dropout, random: &random), image: image)
            summary =
                "cnn of \(sizes.layers) \(sizes.layers == 1 ? "block" : "blocks") from \(sizes.width) channels on"
            outputLayer = "output"
        } else if name == "mlp" {
            let widths = [schema.inputSize] + sizes.hidden + [outputs]
            try MemoryNeed(perceptron: widths, connections: sizes.connections).check(settings)
            body = .perceptron(sizes.perceptron(widths: widths, random: &random))
            summary = sizes.perceptronSummary(widths: widths)
            outputLayer = "layers.\(sizes.hidden.count)"
        } else {
            throw UnknownModel(name: name, recipe: ArrayRecipe())
        }
    }

    /// Samples [n, …] → [n, outputs].
    func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        switch body {
        case .perceptron(let model): model(Flatten()(x, context), context)
        case .convolutional(let model, let image): model(x.reshaped(to: Shape([x.shape[0]] + image)), context)
        case .recurrent(let model): model(x, context)
        }
    }

    /// The input of the exported graph: of a network for images channels first, as PyTorch has them; else as samples are here.
    var exportedInput: GraphInput {
        let shape = schema.inputShape.map { GraphDimension.fixed($0) }
        switch body {
        case .convolutional where shape.count == 3: return .images("inputs", ["batch"] + shape)
        case .recurrent: return .numbers("inputs", ["batch", "time", shape[1]])
        case .perceptron, .convolutional: return .numbers("inputs", ["batch"] + shape)
        }
    }

    /// The graph of the model.
    func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        switch body {
        case .perceptron(let model):
            try model.describe(graph.reshape(x, to: [schema.inputSize]), in: graph)
        case .convolutional(let model, let image):
            try model.describe(x.rank == 4 ? x : graph.reshape(x, to: image), in: graph)
        case .recurrent(let model): try model.describe(x, in: graph)
        }
    }
}

/// A model was chosen for samples of another shape.
struct UnsuitableShape: Error, CustomStringConvertible {
    let model, wanted: String
    let shape: [Int]
    var description: String {
        "model.name \(model) is for samples of the shape \(wanted), and these have \(shape); choose mlp, or set arrays.channels (none adds an axis)"
    }
}

/// More blocks than halve any image to one pixel, each with twice the channels.
struct TooManyBlocks: Error, CustomStringConvertible {
    let layers: Int
    var description: String {
        "model.layers must be at most 12 for a cnn, each block of which doubles the channels, found \(layers)"
    }
}
