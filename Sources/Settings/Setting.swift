/// The declaration of one setting of a group: its name, its property, its values, and its meaning.
public struct Setting<Group: SettingsGroup>: Sendable {
    /// Dotted name, such as `optimizer.momentum`.
    let name: String
    let help: String
    let changesOnResume, changesInTraining: Bool
    let aliases: [String]
    /// Dotted names that it had in earlier versions.
    let formerNames: [String]
    let formerDefaults: [SettingValue]
    let defaultWord: String?
    let placeholder: SettingValue?
    let conditions: [SettingCondition]
    let form: @Sendable ([any SettingsGroup.Type]) -> ErasedForm
    /// A default that follows from other settings; nil where it is the property's initial value.
    let derivedDefault: (@Sendable (Settings) -> SettingValue)?
    let valueType: ObjectIdentifier
    let read: @Sendable (Group) -> SettingValue
    let write: @Sendable (SettingValue, inout Group) -> Void

    /// A setting.
    /// - Parameters:
    ///   - name: the part of its name after the group's prefix, in snake_case.
    ///   - path: the property of the group; its initial value is the default.
    ///   - form: which values are allowed, and how they are written.
    ///   - changesOnResume: whether a resumed run may change it.
    ///   - changesInTraining: whether weights and optimizer state that were trained with one value can be trained
    ///     further with another, as population-based training does.
    ///   - usedWhen: what has to be so for the value to have an effect; a value without any is refused.
    ///   - aliases: other names that people know it by, in snake_case; the message about one names this setting.
    ///   - formerNames: dotted names of earlier versions, under which it is still read.
    ///   - formerDefaults: defaults of earlier versions: a saved one is no one's wish where the setting is not used.
    ///   - defaultWord: a word that stands for the default.
    ///   - placeholder: a value that stands for one that is determined when the run starts: given on resuming, it keeps that.
    ///   - defaultValue: a default that follows from other settings, in place of the initial value.
    ///   - help: what it means, with its unit, in one line.
    public init<Value: Sendable & Equatable>(
        _ name: String, _ path: any WritableKeyPath<Group, Value> & Sendable, _ form: SettingForm<Value>,
        changesOnResume: Bool = false, changesInTraining: Bool = false, usedWhen conditions: [SettingCondition] = [],
        aliases: [String] = [],
        formerNames: [String] = [], formerDefaults: [Value] = [], defaultWord: String? = nil,
        placeholder: Value? = nil, defaultValue: (@Sendable (Settings) -> Value)? = nil, _ help: String
    ) {
        (self.name, self.help, self.changesOnResume) = (Group.fullName(name), help, changesOnResume)
        self.changesInTraining = changesInTraining
        (self.aliases, self.formerNames, self.conditions) = (aliases, formerNames, conditions)
        self.formerDefaults = formerDefaults.map { SettingValue($0) }
        (self.defaultWord, self.placeholder) = (defaultWord, placeholder.map { SettingValue($0) })
        self.form = { groups in ErasedForm(form.resolved(groups)) }
        if let defaultValue {
            derivedDefault = { settings in SettingValue(defaultValue(settings)) }
        } else {
            derivedDefault = nil
        }
        valueType = ObjectIdentifier(Value.self)
        read = { SettingValue($0[keyPath: path]) }
        write = { value, group in
            if let value = value.base as? Value { group[keyPath: path] = value }
        }
    }
}
