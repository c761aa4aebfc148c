import Foundation
/// What a user asked for: a recipe or a settings file, and what differs from it.
public struct TrainingRequest: Sendable {
    /// The name of a recipe, or the path of a settings file that ends in .yaml or .yml.
    public var target: String
    /// Values given beside it, in order.
    public var overrides: [SettingOverride]
    /// Where the results go; a new directory below `runs` when absent.
    public var runDirectory: String?
    /// Whether to go on from the newest checkpoint of the run directory.
    public var resumes: Bool
    /// The command as it was given, for the record.
    public var commandLine: [String]
    /// Name and version of each library in use, for the record.
    public var libraries: [String: String]
    /// The name of this rank's host.
    public var hostname: String
    /// Faults that are to happen.
    public var faults: [InjectedFault] = []
    /// Whether the run says nothing on the screen: its log still has everything.
    package var isQuiet = false
    /// Whether OMP_NUM_THREADS says how many threads the ranks have, where nothing else does.
    public var usesEnvironment = false
    /// Where signals and the time of day come from.
    package var requestSources = RequestSources()
    /// Takes what the watch for ranks that hang has to say; by default it goes to the standard error.
    package var reportStall: @Sendable (String) -> Void = { FileHandle.standardError.write(Data($0.utf8)) }
    /// Ends the job from any thread when a rank hangs (`watch.end_seconds`), such as `LaunchContext.endJob`; nil: a rank that
    /// hangs is only reported.
    public var endJob: (@Sendable () -> Void)?
    /// What becomes of values that nothing uses: by default they are refused; else as if they were not given.
    package var dropsUnused = false
    /// The fraction of the run's steps after which this start ends, with a checkpoint from which another goes on.
    package var part = RunPart.whole
    /// Called on every rank with the number of trained parameters and the last step of the run before anything is
    /// recorded; an error, the same on all, ends the run.
    package var willTrain: (@Sendable (_ parameters: Int, _ lastStep: Int) throws -> Void)?

    /// A request.
    public init(
        target: String, overrides: [SettingOverride] = [], runDirectory: String? = nil, resumes: Bool = false,
        commandLine: [String] = [], libraries: [String: String] = [:], hostname: String = "localhost"
    ) {
        (self.target, self.overrides, self.runDirectory, self.resumes) = (target, overrides, runDirectory, resumes)
        (self.commandLine, self.libraries, self.hostname) = (commandLine, libraries, hostname)
    }

    /// What is set explicitly: the file's values, then the flags'.
    func explicitOverrides(_ schema: SettingsSchema, recipe: inout String) throws -> [SettingOverride] {
        var all = overrides
        if target.hasSuffix(".yaml") || target.hasSuffix(".yml") {
            let file = try SettingsFile(path: target, schema)
            recipe = file.recipe
            all = file.overrides + overrides
        } else {
            recipe = target
        }
        return all.map { $0.withAbsolutePath(schema) } + lengthInEpochs(all)
    }

    /// Where a length in epochs is asked for, and none in steps, no recipe's and no earlier steps count in their place.
    private func lengthInEpochs(_ overrides: [SettingOverride]) -> [SettingOverride] {
        guard let epochs = overrides.last(where: { $0.key == "epochs" }),
            !overrides.contains(where: { $0.key == "steps" })
        else { return [] }
        return [SettingOverride(key: "steps", value: absent, source: epochs.source)]
    }

    /// The settings of a new run: defaults < recipe < its model < OMP_NUM_THREADS < file < flags.
    package func settings(_ catalog: RecipeCatalog) throws -> Settings {
        var (settings, unused) = try given(catalog)
        if let first = unused.first, !dropsUnused { throw first }
        if !unused.isEmpty {
            let recipe = try catalog.recipe(named: settings.recipe)
            var usual = Settings(catalog.settings)
            try usual.apply(
                recipe.settings(model: recipe.models.isEmpty ? nil : settings.model.name),
                source: "recipe \(recipe.name)")
            for setting in unused { settings.copy(setting.key, from: usual) }
        }
        return settings
    }

    /// The settings as they are given, and those of them that nothing uses.
    package func given(_ catalog: RecipeCatalog) throws -> (settings: Settings, unused: [UnusedSetting]) {
        var name = ""
        let explicit = try explicitOverrides(catalog.settings, recipe: &name)
        let recipe = try catalog.recipe(named: name)
        var settings = Settings(catalog.settings)
        let model = explicit.last { $0.key == "model.name" }?.value.trimmed
        try settings.apply([("recipe", name)] + recipe.settings(model: model), source: "recipe \(name)")
        if usesEnvironment { try settings.apply(SettingOverride.threadsOfEnvironment()) }
        try settings.apply(explicit)
        try settings.validate()
        return (settings, try recipe.unusedSettings(of: settings))
    }

    /// The settings of a run that goes on: the saved ones, and what may change.
    func settings(resuming saved: [String: String], _ catalog: RecipeCatalog) throws -> Settings {
        var name = ""
        var explicit = try explicitOverrides(catalog.settings, recipe: &name)
        let recipe = try catalog.recipe(named: name)
        let before = try Settings(catalog.settings, flat: saved, source: "the saved run")
        if dropsUnused {
            var asked = before
            try asked.apply(explicit)
            let unused = Set(try recipe.unusedSettings(of: asked).map(\.key))
            explicit.removeAll { unused.contains($0.key) }
        }
        let settings = try Settings.resumed(
            from: saved,
            applying: [SettingOverride(key: "recipe", value: name, source: "the command line")] + explicit,
            catalog.settings)
        if let unused = try recipe.unusedSettings(of: settings, saved: before).first { throw unused }
        return settings
    }
}
