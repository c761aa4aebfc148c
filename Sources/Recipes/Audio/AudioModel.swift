import Datasets
import Kernels
import Layers
import Settings
import TensorEngine
import Training

/// The model for sounds that the settings name.
struct AudioModel {
    let schema: SoundSchema
    let summary: String
    private let body: Body

    private enum Body {
        case convolutional(ConvolutionalNetwork)
        case recurrent(SeriesNetwork)
    }

    var model: any Parameterized {
        switch body {
        case .convolutional(let model): model
        case .recurrent(let model): model
        }
    }

    /// Whether it takes the lengths of recordings.
    var takesLengths: Bool { if case .recurrent = body { true } else { false } }

    init(_ settings: Settings, _ schema: SoundSchema) throws {
        self.schema = schema
        let (sizes, bands, classes) = (settings.model, schema.format.bands, schema.classes.count)
        let dropout = Float(sizes.dropout)
        var random = InitializationRandom(seed: settings.seed)
        if let kind = RecurrentKind(rawValue: sizes.name) {
            let need = MemoryNeed(
                recurrent: kind, inputs: bands, time: schema.frames, sizes, outputs: classes)
            try need.check(settings)
            body = .recurrent(
                SeriesNetwork(
                    kind, inputs: bands, hidden: sizes.width, layers: sizes.layers, outputs: classes,
                    dropout: dropout, random: &random))
            summary =
                "\(sizes.name) in both directions, \(sizes.layers) \(sizes.layers == 1 ? "layer" : "layers") of \(sizes.width) units"
        } else if sizes.name == "cnn" {
            var network = ConvolutionalNetwork.Sizes(
                height: schema.frames, width: bands, channels: 1, outputs: classes)
            (network.firstChannels, network.blocks, network.keepsWidth) = (sizes.width, sizes.layers, true)
            guard sizes.layers <= 12 else { throw TooManyBlocks(layers: sizes.layers) }
            var need = MemoryNeed(parameters: network.parameterCount, settings: "model.layers and model.width")
            need.activations = network.activationCount
            try need.check(settings)
            body = .convolutional(ConvolutionalNetwork(network, dropout: dropout, random: &random))
            summary =
                "cnn of \(sizes.layers) \(sizes.layers == 1 ? "block" : "blocks") from \(sizes.width) channels on"
        } else {
            throw UnknownModel(name: sizes.name, recipe: AudioRecipe())
        }
    }

    /// Clips → logits [n, classes].
    func callAsFunction(_ batch: SoundClips.Batch, _ context: ForwardContext) -> Tensor {
        self(batch.features, lengths: batch.lengths, context)
    }

    /// Features [n, time, bands], of which each clip has the first `lengths` [n] frames, or all → logits [n, classes].
    func callAsFunction(_ x: Tensor, lengths: Indices?, _ context: ForwardContext) -> Tensor {
        switch body {
        case .convolutional(let model): model(x.reshaped(to: Shape(x.shape.sizes + [1])), context)
        case .recurrent(let model): model(x, lengths: lengths, context)
        }
    }

    /// The graph of the same.
    func describe(_ x: GraphValue, lengths: GraphValue?, in graph: GraphBuilder) throws -> GraphValue {
        switch body {
        case .convolutional(let model):
            try model.describe(graph.reshape(x, to: [schema.frames, schema.format.bands, 1]), in: graph)
        case .recurrent(let model): try model.describe(x, lengths: lengths, in: graph)
        }
    }
}
