public import Settings
import Training

/// How the target domain differs from the source, and how features of both are made alike.
public struct DomainSettings: SettingsGroup {
    /// The contrast of the texture behind target images.
    public var texture = 0.5
    /// The weight of the domain classifier's reversed gradient at the end of the run.
    public var weight = 1.0
    /// How fast that weight rises.
    public var rise = 10.0

    public init() {}

    public static let prefix = "domain"
    public static let title = "domain: source and target images"
    public static let keys: [Setting<Self>] = [
        Setting(
            "texture", \.texture, .number(.fraction),
            "contrast of the texture t behind target images |t - x|, with t in 1 - texture…1; 0 = inverted images"),
        Setting(
            "weight", \.weight, .number(.zeroOrMore),
            usedWhen: [.when("model.name", "dann") { $0.model.name == "dann" }],
            aliases: ["dann_lambda"], "λ of the gradient reversal layer at the end of the run"),
        Setting(
            "rise", \.rise, .number(.zeroOrMore), usedWhen: [.when("model.name", "dann") { $0.model.name == "dann" }],
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
