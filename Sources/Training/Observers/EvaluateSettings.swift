public import Settings

/// When the model is evaluated on the test data.
public struct EvaluateSettings: SettingsGroup {
    /// Epochs between evaluations; 0 stands for the end only.
    public var every = 1
    /// Steps between evaluations, in place of epochs; 0 stands for epochs.
    public var steps = 0
    /// k of the top-k accuracy.
    public var topK = 5
    /// Test samples of each evaluation during training; 0 stands for all.
    public var samples = 0
    /// Test samples of the final evaluation; 0 stands for all.
    public var finalSamples = 0

    public init() {}

    public static let prefix = "evaluate"
    public static let title = "evaluate: evaluation on the test data"
    public static let keys: [Setting<Self>] = [
        Setting(
            "every", \.every, .whole(atLeast: 0), changesOnResume: true,
            usedWhen: [.when("evaluate.steps", "0") { $0.evaluate.steps == 0 }], aliases: ["eval_every"],
            "epochs between evaluations; 0 = only at the end"),
        Setting(
            "steps", \.steps, .whole(atLeast: 0, atMost: 1_000_000_000_000), changesOnResume: true,
            aliases: ["eval_steps", "eval_interval"], "steps between evaluations, in place of epochs; 0 = by epochs"),
        Setting(
            "top_k", \.topK, .whole(atLeast: 1, atMost: 1_000_000), changesOnResume: true,
            "k of the top-k accuracy, where there are more classes"),
        Setting(
            "samples", \.samples, .whole(atLeast: 0), changesOnResume: true,
            aliases: ["eval_iters", "max_eval_samples"],
            "test samples of each evaluation during training, the same ones each time; 0 = all"),
        Setting(
            "final_samples", \.finalSamples, .whole(atLeast: 0), changesOnResume: true,
            "test samples of the final evaluation; 0 = all"),
    ]
}

extension Settings {
    /// When the model is evaluated on the test data.
    public var evaluate: EvaluateSettings {
        get { self[EvaluateSettings.self] }
        set { self[EvaluateSettings.self] = newValue }
    }

    /// Throws unless there are evaluations in the course of the run, which `setting` needs.
    func requireEvaluations(for setting: String) throws(SettingsError) {
        if evaluate.every == 0, evaluate.steps == 0 {
            throw .conflict("\(setting) needs evaluations; set evaluate.every to 1 or more")
        }
    }
}
