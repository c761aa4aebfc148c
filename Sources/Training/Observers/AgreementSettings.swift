public import Settings

/// When the ranks verify that their weights are equal, and whether they may be unlike.
public struct AgreementSettings: SettingsGroup {
    /// Steps between comparisons; 0 stands for never. A step goes through the weights ten times and more (forward, twice
    /// backward, in the reduction and the update): by default the hash adds less than a hundredth of that.
    public var every = 20
    /// Whether ranks train together whose kernels use different instruction sets.
    public var unlikeProcessors = false

    public init() {}

    public static let prefix = "agreement"
    public static let title = "agreement: comparison of the weights over the ranks"
    public static let keys: [Setting<Self>] = [
        Setting(
            "every", \.every, .whole(atLeast: 0), changesOnResume: true,
            "steps between comparisons of a hash of the weights over the ranks; 0 = never"),
        Setting(
            "unlike_processors", \.unlikeProcessors, .flag, changesOnResume: true,
            "train although the ranks' processors have different instruction sets: the last bits of results then depend on "
                + "where a shard is computed"),
    ]
}

extension Settings {
    /// When the ranks verify that their weights are equal.
    public var agreement: AgreementSettings {
        get { self[AgreementSettings.self] }
        set { self[AgreementSettings.self] = newValue }
    }
}
