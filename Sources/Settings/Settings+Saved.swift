extension Settings {
    /// Every value that counts as text under its dotted name, as checkpoints and JSON store it.
    public var flat: [String: String] {
        Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0.text(in: self)) })
    }

    /// The settings that `flat` gave, of this version or an earlier one; settings that are missing have their defaults.
    /// - Parameter ignoresUnknown: whether settings of another program are left out; else they are refused.
    public init(
        _ schema: SettingsSchema, flat: [String: String], source: String, ignoresUnknown: Bool = false
    ) throws(SettingsError) {
        self.init(schema)
        // sorted, so that of several errors always the same one is reported
        let entries = flat.sorted { $0.key < $1.key }.filter { !ignoresUnknown || !schema.names(for: $0.key).isEmpty }
        try apply(entries.map { SettingOverride(key: $0.key, value: $0.value, source: source) })
    }

    /// The settings of a saved run, with those overrides that a resumed run permits (`SettingKey.changesOnResume`).
    ///
    /// An override that repeats the saved value is no change. Nor is one that stands for a value that was determined when the
    /// run first started, such as `shards=0`.
    public static func resumed(
        from saved: [String: String], applying overrides: [SettingOverride], _ schema: SettingsSchema
    ) throws(SettingsError) -> Settings {
        var settings = try Settings(schema, flat: saved, source: "the saved run")
        for override in overrides {
            var changed = settings
            try changed.apply([override])
            let names = schema.names(for: override.key)
            for name in names {
                guard let key = changed.effectiveKey(name) ?? schema.declarations(of: name).first else { continue }
                let (old, new) = (settings.value(of: key), changed.value(of: key))
                if old == new || new == key.placeholder {
                    changed.copy(name, from: settings)
                } else if !key.changesOnResume {
                    throw .fixedOnResume(
                        key: name, saved: key.form.text(old), given: key.form.text(new), source: override.source)
                }
            }
            settings = changed
        }
        try settings.validate()
        return settings
    }

    /// The settings that differ from `saved`, each as `key: old -> new`.
    package func changes(since saved: Settings) -> [String] {
        keys.compactMap { key in
            let (old, new) = (key.text(in: saved), key.text(in: self))
            return old == new ? nil : "\(key.name): \(old) -> \(new)"
        }
    }
}
