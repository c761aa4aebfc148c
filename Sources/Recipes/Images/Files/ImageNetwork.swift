import Datasets
import Layers
import Settings
import TensorEngine
import Training

/// The model for images of a size that the settings name.
struct ImageNetwork {
    let model: any Module
    let summary: String
    /// The linear layer whose outputs are the classes.
    let outputLayer: String

    /// How the model takes its images.
    static func layout(_ settings: Settings) -> LabeledImages.Layout {
        settings.model.name == "mlp" ? .vectors : .images
    }

    init(_ settings: Settings, _ schema: ImageFilesSchema) throws {
        let (form, classes, name) = (schema.form, schema.classes.count, settings.model.name)
        var random = InitializationRandom(seed: settings.seed)
        switch name {
        case "mlp":
            let widths = [form.height * form.width * form.channels] + settings.model.hidden + [classes]
            try MemoryNeed(perceptron: widths, connections: settings.model.connections).check(settings)
            model = settings.model.perceptron(widths: widths, random: &random)
            summary = settings.model.perceptronSummary(widths: widths)
            outputLayer = "layers.\(settings.model.hidden.count)"
        case "lenet5":
            try Self.check(name, form, least: LeNet5.leastSide)
            try Self.need(form, weights: Double((form.height / 4 - 2) * (form.width / 4 - 2) * 16 * 120)).check(
                settings)
            model = LeNet5(
                classes: classes, height: form.height, width: form.width, channels: form.channels, random: &random)
            (summary, outputLayer) = ("LeNet-5", "layers.7")
        case "cnn":
            try Self.check(name, form, least: MNISTNetwork.leastSide)
            try Self.need(form, weights: Double((form.height / 2 - 2) * (form.width / 2 - 2) * 64 * 128)).check(
                settings)
            model = MNISTNetwork(
                classes: classes, height: form.height, width: form.width, channels: form.channels, random: &random)
            (summary, outputLayer) = ("cnn 32-64-128", "layers.7")
        case "resnet18", "resnet34":
            let depth = name == "resnet18" ? 18 : 34
            // outputs of the entry and its normalization, then those of each block's four layers
            let values = Double(form.height * form.width) * (32 + (depth == 18 ? 62 : 109))
            try Self.need(form, weights: depth == 18 ? 1.1e7 : 2.1e7, activations: values).check(settings)
            model = DeepResidualNetwork(
                depth: depth, channels: form.channels, classes: classes, recomputes: settings.model.recompute,
                random: &random)
            (summary, outputLayer) = ("ResNet-\(depth)", "output")
        default:
            guard let depth = FashionMNISTRecipe.residualDepths.first(where: { name == "resnet\($0)" }) else {
                throw UnknownModel(name: name, recipe: ImagesRecipe())
            }
            try Self.need(form, weights: 0, activations: Double(form.height * form.width * 16 * depth)).check(settings)
            model = ResidualNetwork(
                depth: depth, channels: form.channels, classes: classes, recomputes: settings.model.recompute,
                random: &random)
            (summary, outputLayer) = ("ResNet-\(depth) of small images", "output")
        }
    }

    private static func check(_ model: String, _ form: ImageForm, least: Int) throws {
        guard min(form.height, form.width) < least else { return }
        throw TooSmallImages(model: model, height: form.height, width: form.width, least: least)
    }

    private static func need(_ form: ImageForm, weights: Double, activations: Double = 0) -> MemoryNeed {
        MemoryNeed(
            parameters: weights, activations: activations, settings: "images of \(form.height)×\(form.width) pixels")
    }
}

/// A network takes larger images only.
struct TooSmallImages: Error, CustomStringConvertible {
    let model: String
    let height, width, least: Int
    var description: String {
        "model.name \(model) takes images from \(least) pixels a side on, found \(height)×\(width); set images.size, or choose mlp or a resnet"
    }
}
