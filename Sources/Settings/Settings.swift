import Preconditions

/// Everything a user can choose about one training run: a collection of groups, `settings[TextSettings.self].vocabulary`.
///
/// The places of a run (its directory, the hosts) are not here: equal settings mean the same mathematics.
public struct Settings: Sendable {
    /// Which settings there are.
    public let schema: SettingsSchema
    /// The values that differ from the defaults or were given, by dotted name.
    var given: [String: GivenValue] = [:]

    /// The defaults of the groups of `schema`.
    public init(_ schema: SettingsSchema) { self.schema = schema }

    /// The values of a group, which is one of the schema's.
    public subscript<Group: SettingsGroup>(_ group: Group.Type) -> Group {
        get {
            requireGroup(group)
            var values = Group()
            for setting in Group.keys {
                if let value = given[setting.name]?.value ?? setting.derivedDefault?(self) {
                    setting.write(value, &values)
                }
            }
            return values
        }
        set {
            let old = self[group]
            for setting in Group.keys {
                let value = setting.read(newValue)
                if value != setting.read(old) { given[setting.name] = GivenValue(value: value, source: "code") }
            }
        }
    }

    private func requireGroup<Group: SettingsGroup>(_ group: Group.Type) {
        require(
            schema.contains(group),
            "Settings: \(group) is not among the groups of this run; list it in the recipe's settingsGroups")
    }

    /// The settings that count, in the order of files and lists: without those of groups that are not chosen, and without
    /// groups of other recipes that have their defaults.
    public var keys: [SettingKey] {
        schema.keys.compactMap { key in
            guard let key = effectiveKey(key.name) else { return nil }
            return schema.isOfOtherRecipe(key, recipe: recipe) && given[key.name] == nil ? nil : key
        }
    }

    /// The description of the setting `name` that counts: that of the chosen group; nil where none of them is chosen.
    func effectiveKey(_ name: String) -> SettingKey? {
        schema.declarations(of: name).first { $0.choice.map(isChosen) ?? true }
    }

    /// The description of the setting `name` by the group that is chosen; nil where none of several is.
    package func chosenKey(_ name: String) -> SettingKey? { effectiveKey(name) }

    /// Which setting, of what value, keeps the setting `name` from being used, and with which values it would be; nil where
    /// it is used.
    package func missingUse(of name: String) -> (key: String, found: String, alternatives: [String])? {
        func missing(_ key: String, _ alternatives: [String]) -> (String, String, [String]) {
            (key, schema.declarations(of: key).first?.text(in: self) ?? "", alternatives)
        }
        guard let key = effectiveKey(name) else {
            let choices = schema.declarations(of: name).compactMap(\.choice)
            return choices.first.map { missing($0.key, choices.map(\.value)) }
        }
        return key.conditions.first { !$0.isMet(self) }.map { missing($0.key, $0.alternatives(schema)) }
    }

    func isChosen(_ choice: SettingsChoice) -> Bool {
        guard let key = schema.declarations(of: choice.key).first else { return false }
        return key.text(in: self) == choice.value
    }

    /// The value of a setting.
    func value(of key: SettingKey) -> SettingValue { given[key.name]?.value ?? key.defaultValue(in: self) }

    /// The value of the setting `name`, by the group that is chosen; nil where none is, or it is of another type.
    package func value<Value>(of name: String, as type: Value.Type = Value.self) -> Value? {
        effectiveKey(name).flatMap { value(of: $0).base as? Value }
    }

    /// Gives the setting `name` the value that it has in `other`.
    package mutating func copy(_ name: String, from other: Settings) { given[name] = other.given[name] }

    /// Whether a value was given, be it the default.
    package func isGiven(_ name: String) -> Bool { given[name] != nil }
}

extension Settings: Equatable {
    /// Whether the settings that count are the same, with the same values.
    public static func == (a: Settings, b: Settings) -> Bool {
        let (keys, others) = (a.keys, b.keys)
        return keys.map(\.name) == others.map(\.name)
            && zip(keys, others).allSatisfy { a.value(of: $0) == b.value(of: $1) }
    }
}
