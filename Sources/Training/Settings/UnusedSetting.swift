import Settings

/// A setting has been given a value that nothing uses.
package struct UnusedSetting: Error, Equatable, CustomStringConvertible {
    /// The setting, its value, and the value at which it may stay.
    package let key, found, usual: String
    /// What does not use it, such as `optimizer.name adam`.
    let user: String
    /// The setting whose value would have to be another, and by which values the setting is used; empty where by none.
    let chooser: String
    let alternatives: [String]
    /// The recipes that use it, where it belongs to recipes.
    let recipes: [String]

    package var description: String {
        "\(key) is \(found), but \(user) does not use it; leave it at \(usual)"
            + (alternatives.isEmpty ? "" : ", or set \(chooser) to \(alternatives.inWords)")
            + (recipes.isEmpty ? "" : " (it is for \(recipes.inWords))")
    }
}

extension Recipe {
    /// The settings whose values nothing uses, in the order of the keys.
    ///
    /// A value that is the default, or that the recipe or its model gives, is no one's wish; nor is what a resumed run had,
    /// `saved`.
    func unusedSettings(of settings: Settings, saved: Settings? = nil) throws -> [UnusedSetting] {
        let schema = settings.schema
        var usual = Settings(schema)
        let model = models.isEmpty ? nil : settings.model.name
        try usual.apply(self.settings(model: model), source: "recipe \(name)")
        let ignored = ignoredSettings(settings)
        let excused = [usual] + (saved.map { [$0] } ?? [])
        return schema.keys.compactMap { first in
            guard settings.isGiven(first.name) else { return nil }
            let key = settings.chosenKey(first.name) ?? first
            let found = key.text(in: settings)
            if key.isUsual(in: settings) || excused.contains(where: { key.text(in: $0) == found }) { return nil }
            func unused(by user: String, _ chooser: String, _ alternatives: [String], recipes: [String] = [])
                -> UnusedSetting
            {
                UnusedSetting(
                    key: key.name, found: found, usual: key.text(in: usual), user: user, chooser: chooser,
                    alternatives: alternatives, recipes: recipes)
            }
            if isForRecipes(key, schema), !uses(key, model: model, schema) {
                let others = models.filter { $0.uses(key) }.map(\.name)
                return others.isEmpty
                    ? unused(by: "the recipe \(name)", "", [], recipes: schema.recipes(of: key) ?? [])
                    : unused(by: "model.name \(settings.model.name)", "model.name", others)
            }
            if let ignored = ignored.first(where: { $0.selections.contains { key.isAmong($0) } }) {
                let chooser = schema.keys.first { $0.name == ignored.chooser }
                return unused(
                    by: chooser.map { "\($0.name) \($0.text(in: settings))" } ?? "the recipe \(name)", ignored.chooser,
                    ignored.alternatives)
            }
            return settings.missingUse(of: key.name).map {
                unused(by: "\($0.key) \($0.found)", $0.key, $0.alternatives)
            }
        }
    }

    /// The settings that this recipe and its models use, in their order: with those of its models and of its optimizers
    /// where `model` is nil, else with this model's.
    package func usedKeys(_ schema: SettingsSchema) -> [SettingKey] {
        schema.keys.filter { key in
            !isForRecipes(key, schema) || uses(key, model: nil, schema) || models.contains { $0.uses(key) }
        }
    }

    /// Whether it is the recipe's or its model's to use the setting.
    private func isForRecipes(_ key: SettingKey, _ schema: SettingsSchema) -> Bool {
        key.name != "model.name" && (key.isUsedByRecipes || schema.recipes(of: key) != nil)
    }

    private func uses(_ key: SettingKey, model name: String?, _ schema: SettingsSchema) -> Bool {
        schema.recipes(of: key)?.contains(self.name) == true
            || uses.contains { key.isAmong($0) && (schema.recipes(of: key) == nil || $0 != "*") }
            || models.contains { $0.name == name && $0.uses(key) }
    }
}

extension RecipeModel {
    fileprivate func uses(_ key: SettingKey) -> Bool { uses.contains { key.isAmong($0) } }
}

extension SettingKey {
    /// Whether `selection` is the key's name, its section as in `data.*`, or `*`.
    fileprivate func isAmong(_ selection: String) -> Bool {
        selection == name || selection == "*" || section.map { selection == "\($0).*" } == true
    }
}
