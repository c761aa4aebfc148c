import Foundation

/// What a value looks like in YAML: a word, a free text that may need quotes, or a list of numbers or of such texts.
enum SettingKind: Sendable {
    case plain, text, list, textList

    var isList: Bool { self == .list || self == .textList }
}

/// How values of one type are written as text, and which are allowed.
struct SettingForm<Value: Sendable>: Sendable {
    /// The allowed values in words, for lists of keys.
    let allowed: String
    var kind = SettingKind.plain
    /// Reads a value; the rejection says what the text must be.
    let parse: @Sendable (String) throws(SettingRejection) -> Value
    /// Writes a value so that `parse` gives it back.
    let text: @Sendable (Value) -> String
}

extension SettingForm where Value: FixedWidthInteger {
    /// Decimal whole numbers of at least `minimum` and at most `maximum`: a bound beyond any use, below any overflow.
    static func whole(
        atLeast minimum: Value, atMost maximum: Value = Value(clamping: 1_000_000_000_000)
    ) -> SettingForm {
        SettingForm(allowed: "at least \(minimum)") { text throws(SettingRejection) in
            let text = text.trimmed
            guard DecimalText(text)?.isWhole == true else {
                throw SettingRejection(requirement: "be a whole number of at least \(minimum)")
            }
            guard let value = Value(text) else {
                throw SettingRejection(
                    requirement: text.hasPrefix("-") ? "be at least \(minimum)" : "be at most \(maximum)")
            }
            guard value >= minimum else { throw SettingRejection(requirement: "be at least \(minimum)") }
            guard value <= maximum else { throw SettingRejection(requirement: "be at most \(maximum)") }
            return value
        } text: {
            "\($0)"
        }
    }
}

extension SettingForm where Value == Int {
    /// The same numbers, and a word that stands for a value outside of them.
    static func wholeOrWord(
        atLeast minimum: Int, atMost maximum: Int, word: String, for named: Int
    ) -> SettingForm {
        let numbers = whole(atLeast: minimum, atMost: maximum)
        return SettingForm(allowed: "\(numbers.allowed), or \(word)") { text throws(SettingRejection) in
            if text.trimmed == word { return named }
            do throws(SettingRejection) {
                return try numbers.parse(text)
            } catch {
                throw SettingRejection(requirement: error.requirement + ", or \(word)")
            }
        } text: {
            $0 == named ? word : numbers.text($0)
        }
    }
}

/// An interval of numbers, with the words for it.
enum NumberRange: String {
    case zeroOrMore = "at least 0"
    case aboveZero = "above 0"
    case belowOne = "at least 0 and below 1"
    case fraction = "from 0 to 1"
    case share = "above 0 and at most 1"

    func contains(_ number: Double) -> Bool {
        switch self {
        case .zeroOrMore: number >= 0
        case .aboveZero: number > 0
        case .belowOne: number >= 0 && number < 1
        case .fraction: number >= 0 && number <= 1
        case .share: number > 0 && number <= 1
        }
    }
}

extension SettingForm where Value == Double {
    /// Decimal numbers in `range`. The training computes in `Float`, so the rounded value must be in it too.
    static func number(_ range: NumberRange) -> SettingForm {
        SettingForm(allowed: range.rawValue) { text throws(SettingRejection) in
            let text = text.trimmed
            guard DecimalText(text) != nil, let value = Double(text) else {
                throw SettingRejection(requirement: "be a decimal number \(range.rawValue)")
            }
            guard range.contains(value), range.contains(Double(Float(value))) else {
                throw SettingRejection(requirement: "be \(range.rawValue)")
            }
            guard Float(value).isFinite else {
                throw SettingRejection(requirement: "be at most \(Float.greatestFiniteMagnitude)")
            }
            return value
        } text: { value in
            // 0 and not 0.0; above 2^53 the digits of the shortest form are kept
            value == value.rounded() && value.magnitude < 0x1p53 ? "\(Int(value))" : "\(value)"
        }
    }
}

extension SettingForm where Value == Bool {
    static var flag: SettingForm {
        SettingForm(allowed: "true or false") { text throws(SettingRejection) in
            guard let value = Bool(text.trimmed) else { throw SettingRejection(requirement: "be true or false") }
            return value
        } text: {
            "\($0)"
        }
    }
}

extension SettingForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the names of an enumeration.
    static var choice: SettingForm {
        let names = Value.allCases.map(\.rawValue)
        let list = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        return SettingForm(allowed: list) { text throws(SettingRejection) in
            guard let value = Value(rawValue: text.trimmed) else { throw SettingRejection(requirement: "be \(list)") }
            return value
        } text: {
            $0.rawValue
        }
    }
}

extension SettingForm where Value == String {
    /// Any text but the empty one and `none`, which stands for no value.
    static var anyText: SettingForm {
        SettingForm(allowed: "text", kind: .text) { text throws(SettingRejection) in
            guard !text.trimmed.isEmpty, text != absent else {
                throw SettingRejection(requirement: "be a text that is neither empty nor none")
            }
            return text
        } text: {
            $0
        }
    }
}

/// The text that stands for a value that is not there.
let absent = "none"

extension SettingForm {
    /// The values of `form`, and a word that stands for no value.
    static func optional<Wrapped>(
        _ form: SettingForm<Wrapped>, word: String = absent
    ) -> SettingForm where Value == Wrapped? {
        SettingForm(allowed: "\(form.allowed), or \(word)", kind: form.kind) { text throws(SettingRejection) in
            if text.trimmed == word { return nil }
            do throws(SettingRejection) {
                return try form.parse(text)
            } catch {
                // a text's own requirement already speaks of none
                throw form.kind == .text ? error : SettingRejection(requirement: error.requirement + ", or \(word)")
            }
        } text: { value in
            value.map(form.text) ?? word
        }
    }

    /// The values of `form`, and `automatic` for one that follows from other settings.
    static func automatic<Wrapped>(_ form: SettingForm<Wrapped>) -> SettingForm where Value == Wrapped? {
        optional(form, word: "automatic")
    }
}

extension String {
    package var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
