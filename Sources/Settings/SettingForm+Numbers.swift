extension SettingForm where Value: FixedWidthInteger {
    /// Decimal whole numbers of at least `minimum` and at most `maximum`: a bound beyond any use, below any overflow.
    public static func whole(
        atLeast minimum: Value, atMost maximum: Value = Value(clamping: 1_000_000_000_000)
    ) -> SettingForm {
        let (tooSmall, tooLarge) = (
            SettingRejection(requirement: "be at least \(minimum)"),
            SettingRejection(requirement: "be at most \(maximum)")
        )
        return SettingForm(allowed: "at least \(minimum)") { text throws(SettingRejection) in
            let text = text.trimmed
            guard DecimalText(text)?.isWhole == true else {
                throw SettingRejection(requirement: "be a whole number of at least \(minimum)")
            }
            guard let value = Value(text) else { throw text.hasPrefix("-") ? tooSmall : tooLarge }
            return value
        } check: { value throws(SettingRejection) in
            guard value >= minimum else { throw tooSmall }
            guard value <= maximum else { throw tooLarge }
        } text: {
            "\($0)"
        }
    }
}

extension SettingForm where Value == Int {
    /// The same numbers, and a word that stands for a value outside of them.
    public static func wholeOrWord(
        atLeast minimum: Int, atMost maximum: Int, word: String, for named: Int
    ) -> SettingForm {
        let numbers = whole(atLeast: minimum, atMost: maximum)
        return SettingForm(allowed: "\(numbers.allowed), or \(word)") { text throws(SettingRejection) in
            if text.trimmed == word { return named }
            do throws(SettingRejection) {
                // the number that the word stands for is written as the word
                return try numbers.read(text)
            } catch {
                throw SettingRejection(requirement: error.requirement + ", or \(word)")
            }
        } check: { value throws(SettingRejection) in
            if value != named { try numbers.check(value) }
        } text: {
            $0 == named ? word : numbers.text($0)
        }
    }
}

/// An interval of numbers, with the words for it.
public enum NumberRange: String, Sendable {
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
    public static func number(_ range: NumberRange) -> SettingForm {
        SettingForm(allowed: range.rawValue) { text throws(SettingRejection) in
            let text = text.trimmed
            guard DecimalText(text) != nil, let value = Double(text) else {
                throw SettingRejection(requirement: "be a decimal number \(range.rawValue)")
            }
            return value
        } check: { value throws(SettingRejection) in
            guard range.contains(value), range.contains(Double(Float(value))) else {
                throw SettingRejection(requirement: "be \(range.rawValue)")
            }
            guard Float(value).isFinite else {
                throw SettingRejection(requirement: "be at most \(Float.greatestFiniteMagnitude)")
            }
        } text: { value in
            // 0 and not 0.0; above 2^53 the digits of the shortest form are kept
            value == value.rounded() && value.magnitude < 0x1p53 ? "\(Int(value))" : "\(value)"
        }
    }
}

extension SettingForm where Value == Bool {
    /// `true` or `false`.
    public static var flag: SettingForm {
        SettingForm(allowed: "true or false") { text throws(SettingRejection) in
            guard let value = Bool(text.trimmed) else { throw SettingRejection(requirement: "be true or false") }
            return value
        } text: {
            "\($0)"
        }
    }
}
