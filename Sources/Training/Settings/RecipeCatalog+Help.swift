import Settings

extension RecipeCatalog {
    /// All settings by group, with their defaults, meaning and allowed values.
    public func settingsHelp(program: String = "lockstep", columns: Int = 100) -> String {
        "All settings (--set KEY=VALUE, or in a YAML file), with their defaults.\n"
            + "'\(program) settings RECIPE' shows those that a recipe uses.\n\n" + settings.help(columns: columns)
    }

    /// The settings that the recipe `name` uses, with its defaults and those of its models.
    public func settingsHelp(recipe name: String, program: String = "lockstep", columns: Int = 100) throws -> String {
        let recipe = try recipe(named: name)
        var usual = Settings(settings)
        try usual.apply([("recipe", name)] + recipe.settings(model: nil), source: "recipe \(name)")
        let keys = recipe.usedKeys(settings).filter { usual.chosenKey($0.name) != nil }
        let model = recipe.models.first.map { ", with --model \($0.name)" } ?? ""
        var text = "Settings of the recipe \(name) (--set KEY=VALUE, or in a YAML file), with its defaults\(model):\n\n"
        text += usual.help(keys, columns: columns)
        for model in recipe.models.dropFirst() {
            text += "\n--model \(model.name): \(model.summary)\n"
            for (key, value) in model.settings { text += "  \(key) = \(value)\n" }
        }
        return text + "\n'\(program) settings' shows all settings, with those of the other optimizers.\n"
    }
}
