import ArgumentParser
import Training

/// The options that say what a step is made of.
struct StepOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Samples of one optimizer step, over all ranks; full: all training samples.", valueName: "n"))
    var globalBatch: String?

    @Option(help: ArgumentHelp("The model, of those that the recipe has (model.name).", valueName: "name"))
    var model: String?

    @Option(help: ArgumentHelp("File or directory of the data.", valueName: "path"), completion: .directory)
    var data: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Find the best buckets of gradients by measurement, or don't (communication.autotune).")
    var autotune: Bool?

    @Option(name: .customLong("set"), help: ArgumentHelp("Give a setting a value.", valueName: "key=value"))
    var assignments: [String] = []

    /// What they set; those of `--set` come last.
    var overrides: [SettingOverride] { get throws { try overrides(after: []) } }

    /// What they set, and before `--set` the given `options`: key, value and the option's name.
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

/// The options that say what is trained.
struct TrainingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Passes over the training samples, instead of a recipe's steps.", valueName: "n"))
    var epochs: String?

    @Option(help: ArgumentHelp("Optimizer steps, instead of epochs.", valueName: "n"))
    var steps: String?

    @Option(
        help: ArgumentHelp(
            "Parts of the global batch, summed in a fixed order; one per rank unless given.", valueName: "n"))
    var shards: String?

    @Option(help: ArgumentHelp("Seed of all random numbers.", valueName: "n"))
    var seed: String?

    @Option(
        help: ArgumentHelp(
            "Begin with the weights of a run directory, a checkpoint's folder or a .safetensors file, by name.",
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
