import ArgumentParser
import Training

/// The options of a training step.
struct StepOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Samples per optimizer step, over all ranks; full: all training samples.", valueName: "n"))
    var globalBatch: String?

    @Option(help: ArgumentHelp("One of the recipe's models (model.name).", valueName: "name"))
    var model: String?

    @Option(help: ArgumentHelp("File or directory of the data.", valueName: "path"), completion: .directory)
    var data: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether to tune the gradient buckets in the first steps (communication.autotune).")
    var autotune: Bool?

    @Option(name: .customLong("set"), help: ArgumentHelp("Set any setting; can be repeated.", valueName: "key=value"))
    var assignments: [String] = []

    /// The settings that the options assign; those of `--set` come last.
    var overrides: [SettingOverride] { get throws { try overrides(after: []) } }

    /// The settings that the options assign, after those of `options` (key, value, name of the option) and before those of `--set`.
    func overrides(after options: [(key: String, value: String?, source: String)]) throws -> [SettingOverride] {
        let own = [
            ("global_batch", globalBatch, "--global-batch"), ("model.name", model, "--model"),
            ("data.path", data, "--data"),
            ("communication.autotune", autotune.map { $0 ? "always" : "never" }, "--autotune"),
        ]
        return try (options + own).compactMap { key, value, source in
            value.map { SettingOverride(key: key, value: $0, source: source) }
        } + assignments.map { try SettingOverride(assignment: $0) }
    }
}

/// The options of a training.
struct TrainingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Passes over the training data; replaces a recipe's number of steps.", valueName: "n"))
    var epochs: String?

    @Option(help: ArgumentHelp("Optimizer steps, instead of --epochs.", valueName: "n"))
    var steps: String?

    @Option(
        help: ArgumentHelp(
            "Parts of the global batch, whose gradients are summed in a fixed order; default: number of ranks.",
            valueName: "n"))
    var shards: String?

    @Option(help: ArgumentHelp("Seed of all random numbers.", valueName: "n"))
    var seed: String?

    @Option(
        help: ArgumentHelp(
            "Start from pretrained weights: a run directory, a checkpoint or a .safetensors file.",
            valueName: "path"), completion: .file())
    var initFrom: String?

    @OptionGroup
    var step: StepOptions

    var overrides: [SettingOverride] {
        get throws {
            try step.overrides(after: [
                ("epochs", epochs, "--epochs"), ("steps", steps, "--steps"), ("shards", shards, "--shards"),
                ("seed", seed, "--seed"), ("transfer.from", initFrom, "--init-from"),
            ])
        }
    }
}
