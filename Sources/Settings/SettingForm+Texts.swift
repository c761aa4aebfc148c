/// The text that stands for a value that is not there.
package let absent = "none"

extension SettingForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the names of an enumeration.
    public static var choice: SettingForm { choice(formerly: [:]) }

    /// One of the names of an enumeration, or a name that a case had in an earlier version.
    public static func choice(formerly: [String: Value]) -> SettingForm {
        let list = Value.allCases.map(\.rawValue).inWords
        return SettingForm(allowed: list) { text throws(SettingRejection) in
            guard let value = Value(rawValue: text.trimmed) ?? formerly[text.trimmed] else {
                throw SettingRejection(requirement: "be \(list)")
            }
            return value
        } text: {
            $0.rawValue
        }
    }
}

extension SettingForm where Value == String {
    /// Any text but the empty one and `none`, which stands for no value.
    public static var anyText: SettingForm { text(.text) }

    /// The path of a file or directory; a relative one is saved as an absolute one.
    public static var path: SettingForm { text(.path) }

    private static func text(_ kind: SettingKind) -> SettingForm {
        SettingForm(allowed: "text", kind: kind) { text throws(SettingRejection) in
            text
        } check: { text throws(SettingRejection) in
            guard !text.trimmed.isEmpty, text != absent else {
                throw SettingRejection(requirement: "be a text that is neither empty nor none")
            }
        } text: {
            $0
        }
    }

    /// A name of letters, digits and underscores.
    public static var identifier: SettingForm {
        SettingForm(allowed: "a name") { text throws(SettingRejection) in
            text.trimmed
        } check: { text throws(SettingRejection) in
            guard !text.isEmpty, text.utf8.allSatisfy({ isWord($0) }) else {
                throw SettingRejection(requirement: "be a name of letters, digits and underscores")
            }
        } text: {
            $0
        }
    }

    /// One of the names that `names` finds among the groups that there are.
    public static func name(of names: @escaping @Sendable ([any SettingsGroup.Type]) -> [String]) -> SettingForm {
        var form = identifier
        form.resolve = { groups in
            let list = names(groups)
            return SettingForm(allowed: list.inWords) { text throws(SettingRejection) in
                text.trimmed
            } check: { text throws(SettingRejection) in
                guard list.contains(text) else { throw SettingRejection(requirement: "be \(list.inWords)") }
            } text: {
                $0
            }
        }
        return form
    }
}

extension SettingForm {
    /// The values of `form`, and a word that stands for no value.
    public static func optional<Wrapped>(
        _ form: SettingForm<Wrapped>, word: String = "none"
    ) -> SettingForm where Value == Wrapped? {
        // a text's own requirement already speaks of none
        @Sendable func rejection(_ error: SettingRejection) -> SettingRejection {
            form.kind.isFreeText ? error : SettingRejection(requirement: error.requirement + ", or \(word)")
        }
        return SettingForm(allowed: "\(form.allowed), or \(word)", kind: form.kind) { text throws(SettingRejection) in
            if text.trimmed == word { return nil }
            do throws(SettingRejection) { return try form.parse(text) } catch { throw rejection(error) }
        } check: { value throws(SettingRejection) in
            guard let value else { return }
            do throws(SettingRejection) { try form.check(value) } catch { throw rejection(error) }
        } text: { value in
            value.map(form.text) ?? word
        }
    }

    /// The values of `form`, and `automatic` for one that follows from other settings.
    public static func automatic<Wrapped>(_ form: SettingForm<Wrapped>) -> SettingForm where Value == Wrapped? {
        optional(form, word: "automatic")
    }
}

extension [String] {
    /// `a, b or c`
    package var inWords: String {
        count > 1 ? dropLast().joined(separator: ", ") + " or " + self[count - 1] : first ?? ""
    }
}
