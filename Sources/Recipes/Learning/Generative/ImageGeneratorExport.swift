import Layers
public import Settings
public import Training

extension FashionGANRecipe {
    /// The generator and the discriminator.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let networks = try AdversarialNetworks(settings)
        let images = GraphInput.images("images", ["batch", 28, 28, 1])
        return ModelExport(
            networks, networks.summary,
            functions: [
                ExportedFunction(
                    "generator", "from noise to images",
                    input: .numbers("noise", ["batch", .fixed(networks.noise)]), output: "images",
                    of: networks.generator),
                ExportedFunction(
                    "discriminator", "from images to the logits of their being true ones", input: images,
                    output: "logits", of: networks.discriminator),
            ], metadata: ["normalization": "gray / 127.5 - 1, rows from the top", "noise": "standard normal"])
    }
}
