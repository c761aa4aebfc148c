/// How the values of one type are written as text, and which are allowed.
public struct SettingForm<Value: Sendable & Equatable>: Sendable {
    /// The allowed values in words, for lists of settings.
    var allowed: String
    let kind: SettingKind
    /// Reads a value, whether it is allowed or not.
    package let parse: @Sendable (String) throws(SettingRejection) -> Value
    /// Throws unless a value is allowed.
    package let check: @Sendable (Value) throws(SettingRejection) -> Void
    /// Writes a value so that `parse` gives it back.
    package let text: @Sendable (Value) -> String
    /// The form when it is known which groups there are; nil where that makes no difference.
    var resolve: (@Sendable ([any SettingsGroup.Type]) -> SettingForm)?

    /// A form of one's own.
    /// - Parameters:
    ///   - allowed: the allowed values in words, such as `at least 1`.
    ///   - kind: what a value looks like in YAML.
    ///   - parse: reads a value from a text.
    ///   - check: throws unless a value is allowed, also one that was assigned in code.
    ///   - text: writes a value so that `parse` gives it back.
    public init(
        allowed: String, kind: SettingKind = .plain,
        parse: @escaping @Sendable (String) throws(SettingRejection) -> Value,
        check: @escaping @Sendable (Value) throws(SettingRejection) -> Void = { _ in },
        text: @escaping @Sendable (Value) -> String
    ) {
        (self.allowed, self.kind, self.parse, self.check, self.text) = (allowed, kind, parse, check, text)
    }

    func resolved(_ groups: [any SettingsGroup.Type]) -> SettingForm { resolve?(groups) ?? self }

    /// The same form with a remark on its allowed values that depends on which groups there are; an empty one is none.
    package func noting(_ note: @escaping @Sendable ([any SettingsGroup.Type]) -> String) -> SettingForm {
        var form = self
        form.resolve = { groups in
            var resolved = self
            let text = note(groups)
            if !text.isEmpty { resolved.allowed += "; " + text }
            return resolved
        }
        return form
    }

    /// Reads a value that is allowed.
    package func read(_ text: String) throws(SettingRejection) -> Value {
        let value = try parse(text)
        try check(value)
        return value
    }
}

/// What a value looks like in YAML: a word, a free text or a path that may need quotes, or a list of numbers or of such texts.
public enum SettingKind: Sendable {
    case plain, text, path, list, textList

    var isList: Bool { self == .list || self == .textList }
    var isFreeText: Bool { self == .text || self == .path }
}

/// A text or value that a setting does not allow: `requirement` completes "*key* must …".
public struct SettingRejection: Error, Equatable {
    let requirement: String

    /// A rejection; `requirement` completes "*key* must …", such as "be at least 1".
    public init(requirement: String) { self.requirement = requirement }
}

/// A form whose type of values is not visible.
struct ErasedForm: Sendable {
    let allowed: String
    let kind: SettingKind
    let read: @Sendable (String) throws(SettingRejection) -> SettingValue
    let check: @Sendable (SettingValue) throws(SettingRejection) -> Void
    let text: @Sendable (SettingValue) -> String

    init<Value>(_ form: SettingForm<Value>) {
        (allowed, kind) = (form.allowed, form.kind)
        read = { text throws(SettingRejection) in SettingValue(try form.read(text)) }
        check = { value throws(SettingRejection) in
            if let value = value.base as? Value { try form.check(value) }
        }
        text = { value in (value.base as? Value).map(form.text) ?? "" }
    }
}
