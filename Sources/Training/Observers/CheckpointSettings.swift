public import Settings

/// When checkpoints are saved.
public struct CheckpointSettings: SettingsGroup {
    /// Steps between checkpoints; 0 stands for the end only.
    public var every = 500
    /// Minutes between checkpoints; 0 stands for none by the clock.
    public var minutes = 0.0
    /// Newest checkpoints that are kept.
    public var keep = 3
    /// Checkpoints of multiples of so many steps are kept for good; 0 for none.
    public var keepEvery = 0
    /// Whether they are written beside the next steps, from a copy in memory.
    public var background = true
    /// Whether hosts that divide the optimizer's state each write their part of it.
    public var sharded = Sharded.automatic
    /// The metric whose best evaluation is kept as a checkpoint beside them; nil for none.
    public var best: String?

    /// Whether hosts that divide the optimizer's state (`communication.zero`) each write their part of it.
    public enum Sharded: String, Sendable, CaseIterable {
        /// Where it has more than 1 GiB, and all hosts see the run directory.
        case automatic
        /// Always.
        case always
        /// Rank 0 writes all.
        case never
    }

    public init() {}

    public static let prefix = "checkpoint"
    public static let title = "checkpoint: checkpoints"
    public static let keys: [Setting<Self>] = [
        Setting(
            "every", \.every, .whole(atLeast: 0), changesOnResume: true, aliases: ["save_every", "save_steps"],
            "steps between checkpoints; 0 = only at the end"),
        Setting(
            "minutes", \.minutes, .number(.zeroOrMore), changesOnResume: true,
            "minutes between checkpoints, beside those of checkpoint.every; 0 = none by the clock"),
        Setting(
            "keep", \.keep, .whole(atLeast: 1), changesOnResume: true, aliases: ["save_total_limit"],
            "newest checkpoints that are kept"),
        Setting(
            "keep_every", \.keepEvery, .whole(atLeast: 0), changesOnResume: true,
            "also keep, for good, the checkpoints of steps that are multiples of this; 0 = none"),
        Setting(
            "background", \.background, .flag, changesOnResume: true, aliases: ["async_save"],
            "save in a background thread, from a copy in the memory of rank 0; where there is too little memory for it, the "
                + "training waits for each save"),
        Setting(
            "sharded", \.sharded, .choice, changesOnResume: true,
            "with communication.zero, each host writes its part of the optimizer's state into checkpoints, in place of "
                + "rank 0 all of it: automatic where it has more than 1 GiB and all hosts see the run directory"),
        Setting(
            "best", \.best, .optional(.identifier), changesOnResume: true, aliases: ["metric_for_best_model"],
            "also keep the checkpoint with the best value of this test metric, such as loss, accuracy, macro_f1 or bleu, as "
                + "checkpoints/best; by early_stopping.mode"),
    ]

    public static func check(_ settings: Settings) throws(SettingsError) {
        if settings.checkpoint.best != nil { try settings.requireEvaluations(for: "checkpoint.best") }
    }
}

extension Settings {
    /// When checkpoints are saved.
    public var checkpoint: CheckpointSettings {
        get { self[CheckpointSettings.self] }
        set { self[CheckpointSettings.self] = newValue }
    }
}
