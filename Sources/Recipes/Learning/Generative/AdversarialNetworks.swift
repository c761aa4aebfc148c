import Datasets
import Kernels
import Layers
import Settings
import TensorEngine
import Training

/// A generator of images from noise, and a discriminator that tells them from true ones.
struct AdversarialNetworks: Parameterized {
    let generator, discriminator: any Module
    let summary: String
    /// Elements of the latent vector.
    let noise: Int
    private let realLabel: Float

    var parameters: ParameterTree {
        ["generator": generator.parameters, "discriminator": discriminator.parameters]
    }

    /// The networks that the settings name.
    init(_ settings: Settings) throws {
        var random = InitializationRandom(seed: settings.seed)
        let width = settings.model.width
        noise = settings.gan.noise
        realLabel = Float(settings.gan.realLabel)
        switch settings.model.name {
        case "dcgan":
            generator = Self.convolutionalGenerator(noise, width, &random)
            discriminator = Self.convolutionalDiscriminator(width, &random)
        case "mlp":
            generator = Self.perceptron([noise, 2 * width, 4 * width, 784], isGenerator: true, &random)
            discriminator = Self.perceptron([784, 4 * width, 2 * width, 1], isGenerator: false, &random)
        default: throw UnknownModel(name: settings.model.name, recipe: FashionGANRecipe())
        }
        summary = "\(settings.model.name) of width \(width), noise \(noise)"
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

    /// [n, 28, 28, 1] → [n, 14, 14, width] → [n, 7, 7, 2·width] → logits [n, 1].
    private static func convolutionalDiscriminator(_ width: Int, _ random: inout InitializationRandom) -> any Module {
        Sequential(
            Convolution2D(1, width, kernel: 4, stride: 2, padding: 1, initializer: initializer, random: &random),
            Activation.leakyReLU(slope: 0.2),
            Convolution2D(
                width, 2 * width, kernel: 4, stride: 2, padding: 1, hasBias: false, initializer: initializer,
                random: &random),
            BatchNormalization(2 * width), Activation.leakyReLU(slope: 0.2), Flatten(),
            Linear(49 * 2 * width, 1, initializer: initializer, random: &random))
    }

    private static func perceptron(
        _ widths: [Int], isGenerator: Bool, _ random: inout InitializationRandom
    ) -> any Module {
        var layers: [any Module] = isGenerator ? [] : [Flatten()]
        for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
            layers.append(Linear(inputs, outputs, random: &random))
            if index < widths.count - 2 { layers.append(Activation.leakyReLU(slope: 0.2)) }
        }
        if isGenerator {
            layers += [Activation.tanh, Reshape(28, 28, 1)]
        }
        return Sequential(layers)
    }

    /// Images [n, 28, 28, 1] in -1…1 for the samples of the context.
    func images(_ count: Int, _ context: ForwardContext) -> Tensor {
        generator(context.normal([count, noise]), context)
    }

    /// Generates sheets of images; -1 is white.
    func sheetGenerator(_ recipe: String) -> ImageSheetGenerator {
        ImageSheetGenerator(model: self, recipe: recipe, size: ImageSize(height: 28, width: 28)) {
            (images($0, $1) + 1) * 0.5
        }
    }

    /// The true images, scaled to -1…1 as the generator's are.
    private func images(_ batch: LabeledBatch) -> Tensor {
        batch.inputs * (2 * FashionMNIST.deviation) + (2 * FashionMNIST.mean - 1)
    }

    /// The discriminator's loss, -ln D(x) - ln(1 - D(G(z))), one term for each image; D(x) and D(G(z)) are its metrics.
    func discriminatorLoss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        let count = batch.samples.count
        // only the discriminator learns from these images
        let fakes = RunningStatistic.withoutRecording(generator) { images(count, context).detached }
        let real = discriminator(images(batch), context)
        let fake = discriminator(fakes, context)
        let loss =
            binaryCrossEntropy(real, Tensor(repeating: realLabel, shape: real.shape)).sum
            + binaryCrossEntropy(fake, Tensor(repeating: 0, shape: fake.shape)).sum
        return SummedLoss(
            sum: loss, count: count,
            metrics: [
                NamedSum("d_real", sum: Double(real.detached.sigmoid().sum().scalar), count: Double(count)),
                NamedSum("d_fake", sum: Double(fake.detached.sigmoid().sum().scalar), count: Double(count)),
            ])
    }

    /// The generator's loss, -ln D(G(z)): the form that does not saturate (Goodfellow and others, section 3).
    func generatorLoss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        let fakes = images(batch.samples.count, context)
        let logits = RunningStatistic.withoutRecording(discriminator) { discriminator(fakes, context) }
        return binaryCrossEntropy(logits, Tensor(repeating: 1, shape: logits.shape))
    }
}
