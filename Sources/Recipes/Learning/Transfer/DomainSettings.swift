public import Settings
import Training

/// How the target domain differs from the source, and how features of both are made alike.
public struct DomainSettings: SettingsGroup {
    /// What is done to the images of the target domain.
    public enum Shift: String, Sendable, CaseIterable {
        /// A texture t shows where an image x is dark: x + (1 - x)·t.
        case background
        /// An image is inverted before a texture: |t - x|.
        case inverted
    }

    /// What is done to target images, and the contrast of the texture.
    public var shift = Shift.background
    public var texture = 1.0
    /// The weight of the domain classifier's reversed gradient at the end of the run.
    public var weight = 1.0
    /// How fast that weight rises.
    public var rise = 10.0

    public init() {}

    public static let prefix = "domain"
    public static let title = "domain: source and target images"
    public static let keys: [Setting<Self>] = [
        Setting(
            "shift", \.shift, .choice,
            "what is done to target images x: background, a texture t where they are dark, x + (1 - x)·t; inverted, |t - x|"
        ),
        Setting(
            "texture", \.texture, .number(.fraction),
            "contrast of the texture t: background, t in 0…texture; inverted, t in 1 - texture…1 (0 = inverted images)"),
        Setting(
            "weight", \.weight, .number(.zeroOrMore),
            usedWhen: [.model("dann")],
            aliases: ["dann_lambda"], "λ of the gradient reversal layer at the end of the run"),
        Setting(
            "rise", \.rise, .number(.zeroOrMore), usedWhen: [.model("dann")],
            aliases: ["dann_gamma"], "γ of the rise of λ with the progress p of the run, λ·(2/(1 + exp(-γ·p)) - 1)"),
    ]
}

extension Settings {
    /// How the target domain differs from the source, and how features of both are made alike.
    public var domain: DomainSettings {
        get { self[DomainSettings.self] }
        set { self[DomainSettings.self] = newValue }
    }
}
