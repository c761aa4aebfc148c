import Layers
public import Settings
public import Training

extension FashionGANRecipe {
    /// The generator and the discriminator; of a discriminator that is told the class, or has spectral normalization, the
    /// generator alone.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let networks = try Self.networks(settings, preparation)
        let images = GraphInput.images("images", ["batch", 28, 28, 1])
        let generator = ExportedFunction(
            "generator", networks.classes == nil ? "from noise to images" : "from noise and a one-hot class to images",
            input: .numbers("noise", ["batch", .fixed(networks.noise + (networks.classes ?? 0))]), output: "images",
            of: networks.generator)
        let discriminator = ExportedFunction(
            "discriminator", "from images to the logits of their being true ones", input: images, output: "logits",
            of: networks.discriminator)
        let isPlain = networks.classes == nil && !settings[GANSettings.self].spectralNormalization
        return ModelExport(
            networks, networks.summary, functions: isPlain ? [generator, discriminator] : [generator],
            metadata: ["normalization": "gray / 127.5 - 1, rows from the top", "noise": "standard normal"])
    }
}

extension MixtureGANRecipe {
    /// The generator and the discriminator; of a discriminator with spectral normalization the generator alone.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let networks = try AdversarialNetworks(points: settings)
        let generator = ExportedFunction(
            "generator", "from noise to points of the plane",
            input: .numbers("noise", ["batch", .fixed(networks.noise)]), output: "points", of: networks.generator)
        let discriminator = ExportedFunction(
            "discriminator", "from points to the logits of their being true ones",
            input: .numbers("points", ["batch", 2]), output: "logits", of: networks.discriminator)
        return ModelExport(
            networks, networks.summary,
            functions: settings[GANSettings.self].spectralNormalization ? [generator] : [generator, discriminator],
            metadata: ["noise": "standard normal"])
    }
}
