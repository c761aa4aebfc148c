public import Settings

/// How generator and discriminator learn.
public struct GANSettings: SettingsGroup {
    /// Elements of the noise that an image is made of.
    public var noise = 100
    /// What the discriminator is to say of true images: 1, or less (one-sided label smoothing).
    public var realLabel = 1.0
    /// The discriminator's learning rate over the generator's.
    public var discriminatorRate = 1.0
    /// Images of the sheet that is written after each evaluation; 0 for none.
    public var samples = 64

    public init() {}

    public static let prefix = "gan"
    public static let title = "gan: generator and discriminator"
    public static let keys: [Setting<Self>] = [
        Setting(
            "noise", \.noise, .whole(atLeast: 1, atMost: 100_000), aliases: ["nz", "latent_dim", "z_dim"],
            "size of the latent vector, standard normal, that the generator turns into an image"),
        Setting(
            "real_label", \.realLabel, .number(.share),
            "one-sided label smoothing: the discriminator's target for true images, such as 0.9"),
        Setting(
            "discriminator_rate", \.discriminatorRate, .number(.aboveZero), aliases: ["d_lr_factor"],
            "the discriminator's learning rate, as a factor of optimizer.learning_rate"),
        Setting(
            "samples", \.samples, .whole(atLeast: 0, atMost: 10_000), changesOnResume: true,
            "images of the sheet in samples/ that follows each evaluation, from the same noise; 0 = none"
        ),
    ]
}

extension Settings {
    /// How generator and discriminator learn.
    public var gan: GANSettings {
        get { self[GANSettings.self] }
        set { self[GANSettings.self] = newValue }
    }
}
