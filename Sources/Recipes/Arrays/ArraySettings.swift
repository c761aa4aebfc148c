public import Settings

/// How arrays are read.
public struct ArraySettings: SettingsGroup {
    /// What is learned.
    public enum Task: String, Sendable, CaseIterable { case automatic, regression, classification }

    /// The axis of the channels of an input.
    public enum Channels: String, Sendable, CaseIterable { case last, first, none }

    /// The array of the inputs; by its usual names when absent.
    public var inputs: String?
    /// The array of the targets.
    public var targets: String?
    /// What is learned.
    public var task = Task.automatic
    /// The axis of the channels.
    public var channels = Channels.last
    /// Whether inputs are standardized.
    public var standardize = true

    public init() {}

    public static let prefix = "arrays"
    public static let title = "arrays: inputs and targets in files of NumPy"
    public static let keys: [Setting<Self>] = [
        Setting(
            "inputs", \.inputs, .optional(.anyText),
            "name of the array of the inputs; none: x, X, inputs, features, images, data or arr_0, also with _train and _test"
        ),
        Setting(
            "targets", \.targets, .optional(.anyText),
            "name of the array of the targets; none: y, Y, targets, labels or arr_1, also with _train and _test"),
        Setting(
            "task", \.task, .choice,
            "what is learned; automatic: classification where the targets are whole numbers, one for each sample, else regression"
        ),
        Setting(
            "channels", \.channels, .choice,
            "axis of the channels of an input: the last (NHWC), the first after the batch (NCHW, PyTorch's), or none: an axis of "
                + "1 is added"),
        Setting(
            "standardize", \.standardize, .flag,
            "standardize inputs: mean 0 and standard deviation 1 of each channel over the training samples"),
    ]
}

extension Settings {
    /// How arrays are read.
    public var arrays: ArraySettings {
        get { self[ArraySettings.self] }
        set { self[ArraySettings.self] = newValue }
    }
}
