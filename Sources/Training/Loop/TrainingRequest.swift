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
    /// Whether the run says nothing on the screen: its log still has everything.
    var isQuiet = false

    /// A request.
    public init(
        target: String, overrides: [SettingOverride] = [], runDirectory: String? = nil, resumes: Bool = false,
        commandLine: [String] = [], libraries: [String: String] = [:], hostname: String = "localhost"
    ) {
        (self.target, self.overrides, self.runDirectory, self.resumes) = (target, overrides, runDirectory, resumes)
        (self.commandLine, self.libraries, self.hostname) = (commandLine, libraries, hostname)
    }

    /// What is set explicitly: the file's values, then the flags'.
    func explicitOverrides(recipe: inout String) throws -> [SettingOverride] {
        guard target.hasSuffix(".yaml") || target.hasSuffix(".yml") else {
            recipe = target
            return overrides
        }
        let file = try SettingsFile(path: target)
        recipe = file.recipe
        return file.overrides + overrides
    }

    /// The settings of a new run: defaults < recipe < its model < file < flags.
    package func settings(_ catalogue: RecipeCatalogue) throws -> Settings {
        var name = ""
        let explicit = try explicitOverrides(recipe: &name)
        let recipe = try catalogue.recipe(named: name)
        var settings = Settings()
        let model = explicit.last { $0.key == "model.name" }?.value.trimmed
        try settings.apply([("recipe", name)] + recipe.settings(model: model), source: "recipe \(name)")
        try settings.apply(explicit)
        try settings.validate()
        return settings.withAbsolutePaths
    }

    /// The settings of a run that goes on: the saved ones, and what may change.
    func settings(resuming saved: [String: String]) throws -> Settings {
        var name = ""
        let explicit = try explicitOverrides(recipe: &name)
        return try Settings.resumed(
            from: saved,
            applying: [SettingOverride(key: "recipe", value: name, source: "the command line")] + explicit
        ).withAbsolutePaths
    }
}
