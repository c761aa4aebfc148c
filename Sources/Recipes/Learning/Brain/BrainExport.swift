import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension FeedbackAlignmentRecipe {
    /// From images to logits, which do not depend on how the network has learned.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        guard let method = FeedbackNetwork.Method(rawValue: settings.model.name) else {
            throw UnknownModel(name: settings.model.name, recipe: self)
        }
        let images = try LearnedImages(preparation)
        let network = FeedbackNetwork(method, classes: images.classes.count, seed: settings.seed)
        var export = ModelExport(
            network, "LeNet-5, \(method.rawValue)",
            functions: [
                ExportedFunction(
                    "model", "from images to the logits of their classes",
                    inputs: [.images("images", ["batch", 28, 28, 1])], outputs: ["logits"],
                    describe: { [network.describe($0[0], in: $1)] }, compute: { [network($0[0].tensor)] })
            ], metadata: ["normalization": LearnedImages.normalization(.fashionMNIST)])
        try export.metadata.set("class_names", images.classes)
        return export
    }
}

extension ForwardForwardRecipe {
    /// From images to the goodness with each label; the largest tells the class.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let images = try LearnedImages(preparation)
        let network = ForwardForwardNetwork(settings, pixels: images.size.count, classes: images.classes.count)
        var export = ModelExport(
            network, network.summary,
            functions: [
                ExportedFunction(
                    "model", "from images to the goodness of each label",
                    inputs: [.numbers("images", ["batch", .fixed(images.size.count)])], outputs: ["goodness"],
                    describe: { [try network.describe($0[0], in: $1)] },
                    compute: { [network.goodnessOfLabels($0[0].tensor, .inference())] })
            ], metadata: ["normalization": LearnedImages.normalization(.unit)])
        try export.metadata.set("class_names", images.classes)
        return export
    }
}

extension HebbianRecipe {
    /// From images to components.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let size = try LearnedImages(preparation).size
        let network = HebbianNetwork(units: settings.model.width, pixels: size.count, seed: settings.seed)
        return ModelExport(
            network, "\(settings.model.name), \(settings.model.width) units",
            functions: [
                ExportedFunction(
                    "model", "from images to their components",
                    inputs: [.numbers("images", ["batch", .fixed(size.count)])], outputs: ["components"],
                    describe: { [network.describe($0[0], in: $1)] }, compute: { [network.components($0[0].tensor)] })
            ], metadata: ["normalization": LearnedImages.normalization(.unit)])
    }
}

extension SpikingRecipe {
    /// From images to the spikes of each class, over all steps.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let images = try LearnedImages(preparation)
        let network = SpikingNetwork(settings, pixels: images.size.count, classes: images.classes.count)
        guard network.settings.coding != .rate else { throw RandomInput() }
        var export = ModelExport(
            network, network.summary,
            functions: [
                ExportedFunction(
                    "model", "from images to the number of spikes of each class",
                    inputs: [.numbers("images", ["batch", .fixed(images.size.count)])], outputs: ["spikes"],
                    describe: { [try network.describe($0[0], in: $1)] },
                    compute: { [network.run($0[0].tensor, .inference()).spikes.last ?? Tensor(0)] })
            ], metadata: ["normalization": LearnedImages.normalization(.unit)])
        try export.metadata.set("class_names", images.classes)
        return export
    }
}

/// A network whose inputs are drawn at random.
struct RandomInput: Error, CustomStringConvertible {
    let description =
        "cannot export a spiking network with spiking.coding rate: its input spikes are random numbers, which a graph has none of; train with constant or latency"
}
