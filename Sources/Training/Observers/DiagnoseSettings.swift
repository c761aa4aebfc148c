public import Settings

/// When the gradients of each layer are examined.
public struct DiagnoseSettings: SettingsGroup {
    /// Steps between examinations; 0 stands for never.
    public var every = 0

    public init() {}

    public static let prefix = "diagnose"
    public static let title = "diagnose: vanishing and exploding gradients"
    public static let keys: [Setting<Self>] = [
        Setting(
            "every", \.every, .whole(atLeast: 0), changesOnResume: true,
            "steps between examinations of each layer for vanishing and exploding gradients; 0 = never")
    ]
}

extension Settings {
    /// When the gradients of each layer are examined.
    public var diagnose: DiagnoseSettings {
        get { self[DiagnoseSettings.self] }
        set { self[DiagnoseSettings.self] = newValue }
    }
}
