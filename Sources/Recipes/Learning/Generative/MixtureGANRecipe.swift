public import Datasets
import Layers
public import Settings
import TensorEngine
public import Training

/// A generative adversarial network of points on a circle, which shows at once whether the generator finds all modes.
///
/// Sources: Metz and others, "Unrolled generative adversarial networks", 2017; the metrics of Srivastava and others, "VEEGAN:
/// reducing mode collapse in GANs using implicit variational learning", 2017, section 4.1.
public struct MixtureGANRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "mixture-gan"
    public let summary =
        "generate points of eight normal distributions on a circle with a GAN, and count the modes it finds"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "256"), ("epochs", "100"), ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.0001"),
        ("optimizer.beta1", "0.5"), ("optimizer.beta2", "0.9"), ("gan.noise", "2"), ("evaluate.every", "10"),
    ]
    public let models = [RecipeModel("mlp", "perceptrons", [("model.hidden", "[128, 128, 128]")])]
    public let uses = ["model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [GANSettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try MixtureGANTask(settings)
    }
}

/// The model and the points of the recipe `mixture-gan`.
struct MixtureGANTask: NetworkTask {
    let network: AdversarialNetworks
    let trainingData, testData: GaussianMixture
    let dataSummary = "8 normal distributions on a circle, 25600 new points an epoch, 2500 to test with"
    private let seed: UInt64

    init(_ settings: Settings) throws {
        try MixtureGANRecipe().checkModel(settings)
        network = try AdversarialNetworks(points: settings)
        seed = settings.seed
        trainingData = GaussianMixture(count: 25_600, draws: SampleDraws(seed: seed, isTest: false))
        testData = GaussianMixture(count: 2500, draws: SampleDraws(seed: seed, isTest: true))
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<GaussianMixture.Batch>> {
        try AdversarialStep(network, setup, discriminator: loss) {
            network.generatorLoss($0.samples.count, nil, $1)
        }
    }

    /// The discriminator's loss.
    func loss(_ batch: GaussianMixture.Batch, _ context: ForwardContext) -> SummedLoss {
        network.discriminatorLoss(batch.points, nil, context)
    }

    /// The generated points of some samples.
    private func points(_ samples: [Int]) -> Tensor {
        network.samples(
            samples.count, nil, .inference(SampleRandomness(seed: seed, step: 0, samples: samples)))
    }

    /// The losses on test points, and how many generated points each mode has.
    func evaluate(_ batch: GaussianMixture.Batch) -> EvaluationSums {
        func context() -> ForwardContext { .inference(SampleRandomness(seed: seed, step: 0, samples: batch.samples)) }
        let discriminator = loss(batch, context())
        let generator = network.generatorLoss(batch.samples.count, nil, context())
        return EvaluationSums(
            discriminator, samples: batch.samples.count,
            details: [generator.count, Double(generator.sum.scalar)] + discriminator.metrics.map(\.sum)
                + GaussianMixture.hits(points(batch.samples)).map(Double.init))
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 4 + GaussianMixture.modes, details[0] > 0 else { return [:] }
        let (names, hits) = (network.metricNames, details[4...])
        return [
            "generator_loss": details[1] / details[0], names[0]: details[2] / details[0],
            names[1]: details[3] / details[0], "modes": Double(hits.count { $0 > 0 }),
            "high_quality": hits.reduce(0, +) / details[0],
        ]
    }

    /// A picture of the density of generated points, from -3 to 3 in both directions.
    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] {
        [
            SampleSheets(setup) {
                let size = 120
                var counts = [Float](repeating: 0, count: size * size)
                let values = points(Array(0..<2500)).values
                for index in stride(from: 0, to: values.count, by: 2) {
                    let (x, y) = ((values[index] + 3) / 6 * Float(size), (3 - values[index + 1]) / 6 * Float(size))
                    // NaN is in no range
                    guard (0..<Float(size)).contains(x), (0..<Float(size)).contains(y) else { continue }
                    counts[Int(y) * size + Int(x)] += 0.2
                }
                var sheet = ImageSheet(ImageSize(height: size, width: size), columns: 1)
                sheet.append(Tensor(counts, shape: [1, size * size]))
                return [("points", sheet.png)]
            }
        ]
    }
}
