import Kernels
import Layers
import Settings
import TensorEngine
import Training

extension AdversarialNetworks {
    /// The networks for images of 28×28 pixels that the settings name.
    init(images settings: Settings, classes: Int) throws {
        var random = InitializationRandom(seed: settings.seed)
        let (gan, width) = (settings[GANSettings.self], settings.model.width)
        let classes = gan.isConditional ? classes : nil
        let inputs = gan.noise + (classes ?? 0)
        let generator: any Module
        let discriminator: any Module
        switch settings.model.name {
        case "dcgan":
            generator = Self.convolutionalGenerator(inputs, width, &random)
            discriminator = Self.convolutionalDiscriminator(1 + (classes ?? 0), width, gan, &random)
        case "mlp":
            generator = Self.perceptron(
                [inputs, 2 * width, 4 * width, 784], first: [], last: [Activation.tanh, Reshape(28, 28, 1)],
                isSpectral: false, &random)
            discriminator = Self.perceptron(
                [784 * (1 + (classes ?? 0)), 4 * width, 2 * width, 1], first: [Flatten()], last: [],
                isSpectral: gan.spectralNormalization, &random)
        default: throw UnknownModel(name: settings.model.name, recipe: FashionGANRecipe())
        }
        self.init(
            generator: generator, discriminator: discriminator, gan, classes: classes,
            summary: "\(settings.model.name) of width \(width), noise \(gan.noise)" + Self.notes(gan, classes: classes))
    }

    /// Perceptrons for points of the plane.
    init(points settings: Settings) throws {
        var random = InitializationRandom(seed: settings.seed)
        let (gan, hidden) = (settings[GANSettings.self], settings.model.hidden)
        try MemoryNeed(perceptron: [gan.noise] + hidden + [2]).check(settings)
        let generator = Self.perceptron([gan.noise] + hidden + [2], first: [], last: [], isSpectral: false, &random)
        let discriminator = Self.perceptron(
            [2] + hidden + [1], first: [], last: [], isSpectral: gan.spectralNormalization, &random)
        self.init(
            generator: generator, discriminator: discriminator, gan, classes: nil,
            summary: "perceptrons of \(hidden.map(String.init).joined(separator: ", ")) units, noise \(gan.noise)"
                + Self.notes(gan, classes: nil))
    }

    private static func notes(_ gan: GANSettings, classes: Int?) -> String {
        [
            gan.loss == .wassersteinGradientPenalty ? "WGAN-GP" : nil,
            gan.spectralNormalization ? "spectral normalization" : nil, classes.map { "\($0) classes" },
        ].compactMap { $0 }.map { ", " + $0 }.joined()
    }

    /// Weights of the normal distribution with deviation 0.02 (DCGAN, section 4).
    private static let initializer = Initializer.normal(deviation: 0.02)

    /// noise → [n, 7, 7, 2·width] → [n, 14, 14, width] → [n, 28, 28, 1], in -1…1.
    private static func convolutionalGenerator(
        _ noise: Int, _ width: Int, _ random: inout InitializationRandom
    ) -> any Module {
        Sequential(
            Linear(noise, 49 * 2 * width, hasBias: false, initializer: initializer, random: &random),
            Reshape(7, 7, 2 * width),
            BatchNormalization(2 * width, thenReLU: true),
            TransposedConvolution2D(
                2 * width, width, kernel: 4, stride: 2, padding: 1, hasBias: false, initializer: initializer,
                random: &random),
            BatchNormalization(width, thenReLU: true),
            TransposedConvolution2D(
                width, 1, kernel: 4, stride: 2, padding: 1, initializer: initializer, random: &random),
            Activation.tanh)
    }

    /// [n, 28, 28, channels] → [n, 14, 14, width] → [n, 7, 7, 2·width] → logits [n, 1].
    private static func convolutionalDiscriminator(
        _ channels: Int, _ width: Int, _ settings: GANSettings, _ random: inout InitializationRandom
    ) -> any Module {
        let isSpectral = settings.spectralNormalization
        // batch normalization would make the gradient of an image depend on the other ones (WGAN-GP, section 4)
        let isNormalized = settings.loss == .nonSaturating && !isSpectral
        func convolution(_ inputs: Int, _ outputs: Int, hasBias: Bool) -> any Module {
            let layer = Convolution2D(
                inputs, outputs, kernel: 4, stride: 2, padding: 1, hasBias: hasBias, initializer: initializer,
                random: &random)
            return isSpectral ? SpectralNormalization(layer, weight: layer.weight, random: &random) : layer
        }
        let first = convolution(channels, width, hasBias: true)
        let second = convolution(width, 2 * width, hasBias: !isNormalized)
        let output = Linear(49 * 2 * width, 1, initializer: initializer, random: &random)
        let between: [any Module] = isNormalized ? [BatchNormalization(2 * width)] : []
        return Sequential(
            [first, Activation.leakyReLU(slope: 0.2), second] + between
                + [
                    Activation.leakyReLU(slope: 0.2), Flatten(),
                    isSpectral ? SpectralNormalization(output, weight: output.weight, random: &random) : output,
                ])
    }

    private static func perceptron(
        _ widths: [Int], first: [any Module], last: [any Module], isSpectral: Bool, _ random: inout InitializationRandom
    ) -> any Module {
        let layers = [any Module](widths: widths, between: .leakyReLU(slope: 0.2)) {
            let layer = Linear($0, $1, random: &random)
            return isSpectral ? SpectralNormalization(layer, weight: layer.weight, random: &random) : layer
        }
        return Sequential(first + layers + last)
    }
}
