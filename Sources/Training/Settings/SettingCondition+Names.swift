public import Settings

extension SettingCondition {
    /// Used by models of these names.
    public static func model(_ names: String...) -> SettingCondition {
        .when("model.name", names) { names.contains($0.model.name) }
    }

    /// Used by recipes of these names.
    public static func recipe(_ names: String...) -> SettingCondition {
        .when("recipe", names) { names.contains($0.recipe) }
    }
}
