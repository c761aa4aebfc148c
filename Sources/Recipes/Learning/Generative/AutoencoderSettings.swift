public import Settings
import Training

/// What an autoencoder's codes are, and how its reconstructions are judged.
public struct AutoencoderSettings: SettingsGroup {
    /// Elements of a code.
    public var code = 20
    /// The distribution of a pixel, given the code.
    public var likelihood = Likelihood.bernoulli
    /// The standard deviation of a Gaussian pixel.
    public var deviation = 0.2
    /// The weight β of the divergence from the prior.
    public var beta = 1.0
    /// The fraction of pixels that a denoising autoencoder does not see.
    public var corruption = 0.3
    /// The weight of the sum of a sparse code's elements.
    public var sparsity = 0.5

    /// The distribution of a pixel, given the code.
    public enum Likelihood: String, Sendable, CaseIterable {
        /// The pixel, in 0...1, is the probability of 1.
        case bernoulli
        /// Normal, with the deviation of `autoencoder.deviation`.
        case gaussian
    }

    public init() {}

    public static let prefix = "autoencoder"
    public static let title = "autoencoder: codes and reconstructions"
    public static let keys: [Setting<Self>] = [
        Setting(
            "code", \.code, .whole(atLeast: 1, atMost: 100_000), aliases: ["latent_dim", "z_dim", "latent_size"],
            "size of the code, the latent vector, of an image"),
        Setting(
            "likelihood", \.likelihood, .choice,
            "distribution of a pixel given the code: bernoulli (cross-entropy with the pixel in 0…1) or gaussian (squared error)"
        ),
        Setting(
            "deviation", \.deviation, .number(.aboveZero),
            usedWhen: [.when("autoencoder.likelihood", is: Likelihood.gaussian)], aliases: ["sigma"],
            "standard deviation of a gaussian pixel, whose values are in 0…1"),
        Setting(
            "beta", \.beta, .number(.zeroOrMore), changesInTraining: true,
            usedWhen: [.recipe("vae")],
            "β-VAE: weight of the Kullback-Leibler divergence of the code from the standard normal prior; 1 = VAE"),
        Setting(
            "corruption", \.corruption, .number(.belowOne), changesInTraining: true, usedWhen: [uses("denoising")],
            "masking noise: fraction of pixels that are set to 0 before encoding"),
        Setting(
            "sparsity", \.sparsity, .number(.zeroOrMore), changesInTraining: true, usedWhen: [uses("sparse")],
            "L1 penalty: weight of the sum of the code's elements, in nats of the reconstruction"),
    ]

    private static func uses(_ model: String) -> SettingCondition {
        .when("model.name", model) { $0.recipe == "autoencoder" && $0.model.name == model }
    }
}
