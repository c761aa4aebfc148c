/// A list as text: `[512, 256]`; the brackets may be left out unless the list is empty.
enum SettingList {
    /// The items of a list, without the spaces around them.
    static func items(_ text: String) -> [String] {
        var body = text.trimmed
        if body.hasPrefix("["), body.hasSuffix("]"), body.count >= 2 {
            body = String(body.dropFirst().dropLast()).trimmed
            if body.isEmpty { return [] }
        }
        return body.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
    }

    static func text(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }
}

extension SettingForm where Value == [Int] {
    /// Lists such as `[512, 256]`.
    static func wholes(atLeast minimum: Int, atMost maximum: Int) -> SettingForm {
        let element = SettingForm<Int>.whole(atLeast: minimum, atMost: maximum)
        let requirement = "be a list of whole numbers from \(minimum) to \(maximum), such as [512, 256] or []"
        return SettingForm(allowed: "each at least \(minimum)", kind: .list) { text throws(SettingRejection) in
            do {
                return try SettingList.items(text).map { try element.parse($0) }
            } catch {
                throw SettingRejection(requirement: requirement)
            }
        } text: { values in
            SettingList.text(values.map(String.init))
        }
    }
}

extension SettingForm where Value == [String] {
    /// Lists of patterns of names such as `[features.*, head.bias]`.
    static var patterns: SettingForm {
        SettingForm(allowed: "a list of names, * for any characters", kind: .textList) {
            text throws(SettingRejection) in
            let items = SettingList.items(text)
            guard items.allSatisfy(isPattern) else {
                throw SettingRejection(requirement: "be a list of names, such as [features.*, head.bias] or []")
            }
            return items
        } text: {
            SettingList.text($0)
        }
    }
}

extension SettingForm where Value == [Settings.RateGroup] {
    /// Lists of patterns and factors such as `[head.*=1, features.*=0.1]`.
    static var rateGroups: SettingForm {
        let factor = SettingForm<Double>.number(.zeroOrMore)
        return SettingForm(allowed: "a list of NAME=FACTOR, * for any characters", kind: .textList) {
            text throws(SettingRejection) in
            do {
                return try SettingList.items(text).map { item in
                    let parts = item.split(separator: "=", omittingEmptySubsequences: false).map { String($0).trimmed }
                    guard parts.count == 2, isPattern(parts[0]) else { throw SettingRejection(requirement: "") }
                    return Settings.RateGroup(pattern: parts[0], factor: try factor.parse(parts[1]))
                }
            } catch {
                throw SettingRejection(
                    requirement:
                        "be a list of NAME=FACTOR with factors of at least 0, such as [head.*=1, features.*=0.1]")
            }
        } text: { groups in
            SettingList.text(groups.map { "\($0.pattern)=\(factor.text($0.factor))" })
        }
    }
}

/// Whether `text` can be the pattern of a name.
private func isPattern(_ text: String) -> Bool {
    !text.isEmpty && !text.contains { $0.isWhitespace || "[]{}=,\"'".contains($0) }
}
