public import TensorEngine
public import Settings

/// Which parameters and running statistics are frozen.
public struct FreezeSettings: SettingsGroup {
    /// Patterns of the names of parameters and running statistics that stay as they are.
    public var freeze: [String] = []

    public init() {}

    public static let prefix = ""
    public static let keys: [Setting<Self>] = [
        Setting(
            "freeze", \.freeze, .patterns,
            "frozen parameters and running statistics, by name; a batch normalization whose statistics are among them uses "
                + "them in training")
    ]
}

extension Settings {
    /// Patterns of the names of parameters and running statistics that stay as they are.
    public var freeze: [String] {
        get { self[FreezeSettings.self].freeze }
        set { self[FreezeSettings.self].freeze = newValue }
    }

    /// Which parameters are treated differently from the others.
    public var parameterGroups: ParameterGroups {
        let optimizer = optimizer
        var groups = optimizer.decay == .matrices ? .decayingMatricesOnly : ParameterGroups()
        for group in optimizer.groups {
            groups.setLearningRateFactor(Float(group.factor), named: NamePattern(group.pattern))
        }
        for pattern in freeze { groups.freeze(named: NamePattern(pattern)) }
        return groups
    }
}
