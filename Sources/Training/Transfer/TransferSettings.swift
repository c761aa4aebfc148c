public import Settings

/// Which weights a run starts from: transfer learning.
public struct TransferSettings: SettingsGroup {
    /// In which order the axes of a foreign file's tensors are.
    public enum Layout: String, Sendable, CaseIterable {
        /// What the shapes leave no doubt about.
        case automatic
        /// This program's: [inputs, outputs], [height, width, inputs, outputs].
        case lockstep
        /// PyTorch's: [outputs, inputs], [outputs, inputs, height, width].
        case pytorch
    }

    /// A run directory, a checkpoint's folder or a safetensors file whose weights are loaded by name.
    public var from: String?
    /// Patterns of the names that are not loaded, such as those of a new head.
    public var skip: [String] = []
    /// The order of the axes of tensors in a file that does not say it.
    public var layout = Layout.automatic

    public init() {}

    public static let prefix = "transfer"
    public static let title = "transfer: initial weights from another run or a file"
    public static let keys: [Setting<Self>] = [
        Setting(
            "from", \.from, .optional(.path),
            "run directory, checkpoint's folder or .safetensors file from which initial weights are loaded by name"),
        Setting(
            "skip", \.skip, .patterns, usedWhen: [isGiven],
            "weights that are not loaded from there, such as a new head's"),
        Setting(
            "layout", \.layout, .choice, usedWhen: [isGiven],
            "axis order of a .safetensors file that does not say it: lockstep is [inputs, outputs] and [height, width, inputs, "
                + "outputs], pytorch [outputs, inputs] and [outputs, inputs, height, width]; automatic refuses what fits both"
        ),
    ]

    private static let isGiven = SettingCondition.when("transfer.from", "the weights to start from (--init-from)") {
        $0.transfer.from != nil
    }
}

extension Settings {
    /// Which weights a run starts from.
    public var transfer: TransferSettings {
        get { self[TransferSettings.self] }
        set { self[TransferSettings.self] = newValue }
    }
}
