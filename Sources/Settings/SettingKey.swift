/// The description of one setting: its dotted name, its meaning, and how its value is read and written as text.
public struct SettingKey: Sendable {
    /// Dotted name, such as `optimizer.learning_rate`.
    public let name: String
    /// What the value means, with its unit, in one line.
    public let help: String
    /// Which values are allowed, such as `at least 1`.
    public var allowed: String { form.allowed }
    /// Whether the value may be changed when a run is resumed.
    public let changesOnResume: Bool
    /// Whether weights that were trained with one value can be trained further with another.
    package let changesInTraining: Bool
    /// The value of another setting with which this one is used; nil for any.
    public private(set) var choice: SettingsChoice?
    /// Whether it is used only by recipes and models that name it in their `uses`.
    package let isUsedByRecipes: Bool
    let group: any SettingsGroup.Type
    let form: ErasedForm
    let aliases, formerNames: [String]
    let formerDefaults: [SettingValue]
    let defaultWord: String?
    let placeholder: SettingValue?
    let conditions: [SettingCondition]
    let valueType: ObjectIdentifier
    /// The initial value of the group's property.
    let initialValue: SettingValue
    let derivedDefault: (@Sendable (Settings) -> SettingValue)?

    init<Group: SettingsGroup>(_ setting: Setting<Group>, among groups: [any SettingsGroup.Type]) {
        (name, help, changesOnResume) = (setting.name, setting.help, setting.changesOnResume)
        changesInTraining = setting.changesInTraining
        (choice, isUsedByRecipes, group) = (Group.choice, Group.isUsedByRecipes, Group.self)
        form = setting.form(groups)
        (aliases, formerNames, formerDefaults) = (setting.aliases, setting.formerNames, setting.formerDefaults)
        (defaultWord, placeholder, conditions) = (setting.defaultWord, setting.placeholder, setting.conditions)
        (valueType, derivedDefault) = (setting.valueType, setting.derivedDefault)
        initialValue = setting.read(Group())
    }

    /// The same without its choice, where it is known to be chosen.
    var unchosen: SettingKey {
        var key = self
        key.choice = nil
        return key
    }

    /// The part of the name before the dot, which is its section in a YAML file; nil at the top level.
    public var section: String? { name.contains(".") ? String(name.prefix { $0 != "." }) : nil }

    /// The part of the name after the dot.
    public var leaf: String { String(name.split(separator: ".").last ?? "") }

    var kind: SettingKind { form.kind }

    /// Whether the value is the path of a file or directory.
    package var isPath: Bool { kind == .path }

    /// The value where none is given.
    func defaultValue(in settings: Settings) -> SettingValue { derivedDefault?(settings) ?? initialValue }

    /// The default value as text, with the defaults of all other settings.
    public var defaultText: String { form.text(initialValue) }

    /// The value in `settings` as text, in the form that `set` reads back.
    public func text(in settings: Settings) -> String { form.text(settings.value(of: self)) }

    /// Reads `text` into `settings`; `source` names where the text stands, such as `--set`.
    public func set(_ text: String, in settings: inout Settings, source: String) throws(SettingsError) {
        try settings.apply([SettingOverride(key: name, value: text, source: source)])
    }

    /// Whether the value is the default, or was that in an earlier version.
    package func isUsual(in settings: Settings) -> Bool {
        let value = settings.value(of: self)
        return value == defaultValue(in: settings) || formerDefaults.contains(value)
    }
}
