import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension FeedbackAlignmentRecipe {
    /// From images to logits, which do not depend on how the network has learned.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let images = try LearnedImages(preparation)
        let network = FeedbackNetwork(try model(settings), classes: images.classes.count, seed: settings.seed)
        return try images.export(
            network, network.summary, "from images to the logits of their classes", from: .images, to: "logits",
            scale: .fashionMNIST, describe: network.describe, compute: network.callAsFunction)
    }
}

extension ForwardForwardRecipe {
    /// From images to the goodness with each label; the largest tells the class.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let images = try LearnedImages(preparation)
        let network = ForwardForwardNetwork(settings, pixels: images.size.count, classes: images.classes.count)
        return try images.export(
            network, network.summary, "from images to the goodness of each label", from: .vectors, to: "goodness",
            describe: network.describe, compute: { network.goodnessOfLabels($0, .inference()) })
    }
}

extension HebbianRecipe {
    /// From images to components.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let images = try LearnedImages(preparation)
        let network = HebbianNetwork(units: settings.model.width, pixels: images.size.count, seed: settings.seed)
        return try images.export(
            network, "\(settings.model.name), \(settings.model.width) units", "from images to their components",
            from: .vectors, to: "components", hasClasses: false, describe: network.describe,
            compute: network.components)
    }
}

extension SpikingRecipe {
    /// From images to the spikes of each class, over all steps.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let images = try LearnedImages(preparation)
        let network = SpikingNetwork(settings, pixels: images.size.count, classes: images.classes.count)
        guard network.settings.coding != .rate else { throw RandomInput() }
        return try images.export(
            network, network.summary, "from images to the number of spikes of each class", from: .vectors,
            to: "spikes", describe: network.describe,
            compute: { network.run($0, .inference()).spikes.last ?? Tensor(0) })
    }
}

/// A network whose inputs are drawn at random.
struct RandomInput: Error, CustomStringConvertible {
    let description =
        "cannot export a spiking network with spiking.coding rate: its input spikes are random numbers, which a graph has none of; train with constant or latency"
}
