/// The value of a setting, of the type that its group declares.
struct SettingValue: Sendable, Equatable {
    let base: any Sendable & Equatable

    init(_ base: some Sendable & Equatable) { self.base = base }

    static func == (a: SettingValue, b: SettingValue) -> Bool {
        func equals<Value: Equatable>(_ value: Value) -> Bool { (b.base as? Value) == value }
        return equals(a.base)
    }
}

/// A value that was given, and where, for messages.
struct GivenValue: Sendable {
    let value: SettingValue
    /// Such as `--set` or `run.yaml line 3`; `code` for a value that was assigned by a program.
    let source: String
}
