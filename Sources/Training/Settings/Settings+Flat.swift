extension Settings {
    /// Every value as text under its dotted name, as checkpoints and JSON store it.
    public var flat: [String: String] {
        Dictionary(uniqueKeysWithValues: Settings.keys.map { ($0.name, $0.text(in: self)) })
    }

    /// The settings that `flat` gave; keys that are missing (from an older version) have their defaults.
    public init(flat: [String: String], source: String) throws(SettingsError) {
        self.init()
        // sorted, so that of several errors always the same one is reported
        let entries = flat.sorted { $0.key < $1.key }
        try apply(entries.map { SettingOverride(key: $0.key, value: $0.value, source: source) })
    }

    /// The settings of a saved run, with those overrides that a resumed run permits (`SettingKey.changesOnResume`).
    ///
    /// An override that repeats the saved value is no change. Nor is `shards=0`: it stands for the number that was
    /// resolved when the run first started.
    public static func resumed(
        from saved: [String: String], applying overrides: [SettingOverride]
    ) throws(SettingsError) -> Settings {
        var settings = try Settings(flat: saved, source: "the saved run")
        for override in overrides {
            let key = try Settings.key(named: override.key, source: override.source)
            var changed = settings
            try key.set(override.value, in: &changed, source: override.source)
            if changed == settings || key.name == "shards" && changed.shards == 0 { continue }
            guard key.changesOnResume else {
                throw .fixedOnResume(
                    key: key.name, saved: key.text(in: settings), given: key.text(in: changed), source: override.source)
            }
            settings = changed
        }
        try settings.validate()
        return settings
    }

    /// The settings that differ from `saved`, each as `key: old -> new`.
    func changes(since saved: Settings) -> [String] {
        Settings.keys.compactMap { key in
            let (old, new) = (key.text(in: saved), key.text(in: self))
            return old == new ? nil : "\(key.name): \(old) -> \(new)"
        }
    }
}
