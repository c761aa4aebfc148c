/// What has to be so for a setting to be used, such as that `average.name` is `ema`.
public struct SettingCondition: Sendable {
    /// Dotted name of the setting that it depends on.
    let key: String
    /// The values of `key` with which the setting is used, in words.
    let alternatives: @Sendable (SettingsSchema) -> [String]
    let isMet: @Sendable (Settings) -> Bool

    /// Used where `isMet`; `alternatives` says which values of the setting `key` make it so.
    public static func when(
        _ key: String, _ alternatives: String..., isMet: @escaping @Sendable (Settings) -> Bool
    ) -> SettingCondition {
        when(key, alternatives, isMet: isMet)
    }

    /// Used where `isMet`; `alternatives` says which values of the setting `key` make it so.
    public static func when(
        _ key: String, _ alternatives: [String], isMet: @escaping @Sendable (Settings) -> Bool
    ) -> SettingCondition {
        SettingCondition(key: key, alternatives: { _ in alternatives }, isMet: isMet)
    }

    /// Used where the setting `key` has one of these values.
    public static func when<Value: RawRepresentable & Sendable & Equatable>(
        _ key: String, is values: Value...
    ) -> SettingCondition where Value.RawValue == String {
        SettingCondition(key: key, alternatives: { _ in values.map(\.rawValue) }) { settings in
            settings.value(of: key, as: Value.self).map(values.contains) ?? false
        }
    }

    /// Used where `isMet`; the values of the setting `key` that make it so depend on which groups there are.
    package static func when(
        _ key: String, among alternatives: @escaping @Sendable (SettingsSchema) -> [String],
        isMet: @escaping @Sendable (Settings) -> Bool
    ) -> SettingCondition {
        SettingCondition(key: key, alternatives: alternatives, isMet: isMet)
    }
}
