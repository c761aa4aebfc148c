public import Settings
import Training

/// How generator and discriminator learn.
public struct GANSettings: SettingsGroup {
    /// Elements of the noise that a sample is made of.
    public var noise = 100
    /// What generator and discriminator minimize.
    public var loss = Loss.nonSaturating
    /// What the discriminator is to say of true samples: 1, or less (one-sided label smoothing).
    public var realLabel = 1.0
    /// The weight of the gradient penalty.
    public var penalty = 10.0
    /// Steps of the discriminator for each of the generator.
    public var criticSteps = 1
    /// The discriminator's learning rate over the generator's.
    public var discriminatorRate = 1.0
    /// Whether the discriminator's weights are divided by their largest singular values.
    public var spectralNormalization = false
    /// Whether both are told the class of an image.
    public var isConditional = false
    /// A run whose features generated images are judged by; nil for none.
    public var classifier: String?
    /// Images of the sheet that is written after each evaluation; 0 for none.
    public var samples = 64

    /// What generator and discriminator minimize.
    public enum Loss: String, Sendable, CaseIterable {
        /// -ln D(x) - ln(1 - D(G(z))) and -ln D(G(z)) (Goodfellow and others, 2014, section 3).
        case nonSaturating = "non_saturating"
        /// The Wasserstein distance, with a penalty on gradients of the discriminator (Gulrajani and others, 2017).
        case wassersteinGradientPenalty = "wgan_gp"
    }

    public init() {}

    public static let prefix = "gan"
    public static let title = "gan: generator and discriminator"
    public static let keys: [Setting<Self>] = [
        Setting(
            "noise", \.noise, .whole(atLeast: 1, atMost: 100_000), aliases: ["nz", "latent_dim", "z_dim"],
            "size of the latent vector, standard normal, that the generator turns into a sample"),
        Setting(
            "loss", \.loss, .choice,
            "non_saturating: binary cross-entropy; wgan_gp: Wasserstein distance with gradient penalty, and no batch normalization in "
                + "the critic"),
        Setting(
            "real_label", \.realLabel, .number(.share), changesInTraining: true,
            usedWhen: [.when("gan.loss", is: Loss.nonSaturating)],
            "one-sided label smoothing: the discriminator's target for true samples, such as 0.9"),
        Setting(
            "penalty", \.penalty, .number(.zeroOrMore), changesInTraining: true,
            usedWhen: [.when("gan.loss", is: Loss.wassersteinGradientPenalty)], aliases: ["lambda_gp", "gp_weight"],
            "λ of the gradient penalty, λ·(|∇D| - 1)²"),
        Setting(
            "critic_steps", \.criticSteps, .whole(atLeast: 1, atMost: 1000), aliases: ["n_critic", "d_steps"],
            "steps of the discriminator (critic) for each of the generator; 5 is usual for wgan_gp"),
        Setting(
            "discriminator_rate", \.discriminatorRate, .number(.aboveZero), changesInTraining: true,
            aliases: ["d_lr_factor"],
            "the discriminator's learning rate, as a factor of optimizer.learning_rate"),
        Setting(
            "spectral_norm", \.spectralNormalization, .flag,
            "spectral normalization of the discriminator's weights by one power iteration in each step, instead of batch "
                + "normalization"),
        Setting(
            "conditional", \.isConditional, .flag, usedWhen: [.recipe("fashion-gan")],
            "class-conditional GAN: generator and discriminator are given the class; generate takes the classes in turn"
        ),
        Setting(
            "classifier", \.classifier, .optional(.path), changesOnResume: true,
            usedWhen: [.recipe("fashion-gan")],
            "run directory of self-supervised (such as --model supervised) by whose features evaluations measure the Fréchet "
                + "distance between generated and test images"),
        Setting(
            "samples", \.samples, .whole(atLeast: 0, atMost: 10_000), changesOnResume: true,
            usedWhen: [.recipe("fashion-gan")],
            "images of the sheet in samples/ that follows each evaluation, from the same noise; 0 = none"
        ),
    ]
}
