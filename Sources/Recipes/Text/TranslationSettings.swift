public import Settings

/// How translations are learned and decoded.
public struct TranslationSettings: SettingsGroup {
    /// Part of each target's probability that is spread over all tokens.
    public var labelSmoothing = 0.0
    /// Beam width: hypotheses that the search keeps.
    public var beam = 4
    /// Exponent of the length penalty.
    public var lengthPenalty = 0.6

    public init() {}

    public static let prefix = "translation"
    public static let title = "translation: label smoothing and beam search"
    public static let keys: [Setting<Self>] = [
        Setting(
            "label_smoothing", \.labelSmoothing, .number(.belowOne), changesInTraining: true,
            "label smoothing: part of each target's probability that is spread over all tokens"),
        Setting(
            "beam", \.beam, .whole(atLeast: 1, atMost: 1000), changesOnResume: true, aliases: ["num_beams"],
            "beam width: hypotheses that the beam search keeps"),
        Setting(
            "length_penalty", \.lengthPenalty, .number(.zeroOrMore), changesOnResume: true,
            "exponent of the length penalty of the beam search; larger ones prefer longer translations"),
    ]
}

extension Settings {
    /// How translations are learned and decoded.
    public var translation: TranslationSettings {
        get { self[TranslationSettings.self] }
        set { self[TranslationSettings.self] = newValue }
    }
}
