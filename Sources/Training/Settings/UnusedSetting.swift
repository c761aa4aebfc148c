/// A setting has been given a value that nothing uses.
package struct UnusedSetting: Error, Equatable, CustomStringConvertible {
    /// The setting, its value, and the value at which it may stay.
    package let key, found, usual: String
    /// What does not use it, such as `optimizer.name adam`.
    let user: String
    /// The setting whose value would have to be another, and by which values the setting is used; empty where by none.
    let chooser: String
    let alternatives: [String]

    package var description: String {
        let list =
            alternatives.count > 1
            ? alternatives.dropLast().joined(separator: ", ") + " or " + alternatives[alternatives.count - 1]
            : alternatives.first
        return "\(key) is \(found), but \(user) does not use it; leave it at \(usual)"
            + (list.map { ", or set \(chooser) to \($0)" } ?? "")
    }
}

extension Recipe {
    /// The settings whose values nothing uses, in the order of the keys.
    ///
    /// A value that is the default, or that the recipe or its model gives, is no one's wish; nor is what a resumed run had,
    /// `saved`.
    func unusedSettings(of settings: Settings, saved: Settings? = nil) throws -> [UnusedSetting] {
        var usual = Settings()
        let model = models.isEmpty ? nil : settings.model.name
        try usual.apply(self.settings(model: model), source: "recipe \(name)")
        let excused = [Settings(), usual] + (saved.map { [$0] } ?? [])
        return Settings.keys.compactMap { key in
            let found = key.text(in: settings)
            if excused.contains(where: { key.text(in: $0) == found }) { return nil }
            func unused(by user: String, _ chooser: String = "", _ alternatives: [String] = []) -> UnusedSetting {
                UnusedSetting(
                    key: key.name, found: found, usual: key.text(in: usual), user: user, chooser: chooser,
                    alternatives: alternatives)
            }
            if isForRecipes(key), !uses(key, model: model) {
                let others = models.filter { $0.uses(key) }.map(\.name)
                return others.isEmpty
                    ? unused(by: "the recipe \(name)")
                    : unused(by: "model.name \(settings.model.name)", "model.name", others)
            }
            for choice in Settings.choices {
                guard let users = choice.missingUsers(of: key.name, in: settings) else { continue }
                let chosen = Settings.keys.first { $0.name == choice.key }?.text(in: settings) ?? ""
                return unused(by: "\(choice.key) \(chosen)", choice.key, users)
            }
            return nil
        }
    }

    /// Whether it is the recipe's or its model's to use the setting.
    private func isForRecipes(_ key: SettingKey) -> Bool {
        key.name != "model.name"
            && ["data", "csv", "text", "translation", "augment", "loss", "model"].contains(key.group)
    }

    private func uses(_ key: SettingKey, model name: String?) -> Bool {
        uses.contains { key.isAmong($0) } || models.contains { $0.name == name && $0.uses(key) }
    }
}

extension RecipeModel {
    fileprivate func uses(_ key: SettingKey) -> Bool { uses.contains { key.isAmong($0) } }
}

extension SettingKey {
    /// Whether `selection` is the key's name, its group as in `csv.*`, or `*`.
    fileprivate func isAmong(_ selection: String) -> Bool {
        selection == name || selection == "*" || group.map { selection == "\($0).*" } == true
    }
}
