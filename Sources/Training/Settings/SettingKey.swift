/// The description of one setting: its dotted name, its meaning, and how its value is read and written as text.
public struct SettingKey: Sendable {
    /// Dotted name, such as `optimizer.learning_rate`.
    public let name: String
    /// What the value means, with its unit, in one line.
    public let help: String
    /// Which values are allowed, such as `at least 1`.
    public let allowed: String
    /// Whether the value may be changed when a run is resumed.
    public let changesOnResume: Bool
    let kind: SettingKind
    private let read: @Sendable (Settings) -> String
    private let write: @Sendable (String, inout Settings) throws(SettingRejection) -> Void

    init<Value: Equatable>(
        _ name: String, _ path: any WritableKeyPath<Settings, Value> & Sendable, _ form: SettingForm<Value>,
        changesOnResume: Bool = false, _ help: String
    ) {
        self.name = name
        self.help = help
        self.allowed = form.allowed
        self.changesOnResume = changesOnResume
        kind = form.kind
        read = { settings in form.text(settings[keyPath: path]) }
        write = { text, settings throws(SettingRejection) in settings[keyPath: path] = try form.parse(text) }
    }

    /// The part of the name before the dot, which is its group in a YAML file; absent at the top level.
    public var group: String? { name.contains(".") ? String(name.prefix { $0 != "." }) : nil }

    /// The part of the name after the dot.
    public var leaf: String { String(name.split(separator: ".").last ?? "") }

    /// The default value as text.
    public var defaultText: String { read(Settings()) }

    /// The value in `settings` as text, in the form that `set` reads back.
    public func text(in settings: Settings) -> String { read(settings) }

    /// Reads `text` into `settings`; `source` names where the text stands, such as `--set`.
    public func set(_ text: String, in settings: inout Settings, source: String) throws(SettingsError) {
        do {
            try write(text, &settings)
        } catch {
            throw .badValue(key: name, found: text, requirement: error.requirement, source: source)
        }
    }
}

/// A text that is not a value of its key: `requirement` completes "*key* must …".
struct SettingRejection: Error {
    let requirement: String
}
