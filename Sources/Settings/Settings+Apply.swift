extension Settings {
    /// Gives each setting its value in turn, so that a later one wins: apply the recipe's, then the file's, then the flags'.
    ///
    /// Each value is checked by itself; `validate` checks those that depend on each other, after the last call.
    public mutating func apply(_ overrides: [SettingOverride]) throws(SettingsError) {
        for override in overrides {
            let key = try schema.key(named: override.key, source: override.source)
            for name in schema.names(for: override.key) { try set(name, or: key, override) }
        }
    }

    /// Gives each setting its value in turn; `source` names where all of them stand, such as `recipe mnist`.
    public mutating func apply(_ overrides: [(key: String, value: String)], source: String) throws(SettingsError) {
        try apply(overrides.map { SettingOverride(key: $0.key, value: $0.value, source: source) })
    }

    /// Reads a value in the form of the group that is chosen; the choice may still change, and then another group's form may
    /// be the one that counts.
    private mutating func set(
        _ name: String, or other: SettingKey, _ override: SettingOverride
    ) throws(SettingsError) {
        let first = effectiveKey(name) ?? schema.declarations(of: name).first ?? other
        if let word = first.defaultWord, override.value.trimmed == word {
            given[name] = nil
            return
        }
        do throws(SettingRejection) {
            given[name] = GivenValue(value: try first.form.read(override.value), source: override.source)
        } catch {
            for key in schema.declarations(of: name) {
                if let value = try? key.form.read(override.value) {
                    given[name] = GivenValue(value: value, source: override.source)
                    return
                }
            }
            throw .badValue(
                key: name, found: override.value, requirement: error.requirement, source: override.source)
        }
    }

    /// Checks every value, and those that must fit each other; also after changes made in code.
    public func validate() throws(SettingsError) {
        for key in keys {
            let value = value(of: key)
            do throws(SettingRejection) {
                try key.form.check(value)
            } catch {
                throw .badValue(
                    key: key.name, found: key.form.text(value), requirement: error.requirement,
                    source: given[key.name]?.source ?? "code")
            }
        }
        for group in schema.groups where group.choice.map(isChosen) ?? true { try group.check(self) }
    }
}
