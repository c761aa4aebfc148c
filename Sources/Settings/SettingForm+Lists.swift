/// A list as text: `[512, 256]`; the brackets may be left out unless the list is empty.
package enum SettingList {
    /// The items of a list, without the spaces around them.
    package static func items(_ text: String) -> [String] {
        var body = text.trimmed
        if body.hasPrefix("["), body.hasSuffix("]"), body.count >= 2 {
            body = String(body.dropFirst().dropLast()).trimmed
            if body.isEmpty { return [] }
        }
        return body.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
    }

    package static func text(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }
}

extension SettingForm where Value == [Int] {
    /// Lists such as `[512, 256]`.
    public static func wholes(atLeast minimum: Int, atMost maximum: Int) -> SettingForm {
        let element = SettingForm<Int>.whole(atLeast: minimum, atMost: maximum)
        let rejection = SettingRejection(
            requirement: "be a list of whole numbers from \(minimum) to \(maximum), such as [512, 256] or []")
        return SettingForm(allowed: "each at least \(minimum)", kind: .list) { text throws(SettingRejection) in
            do { return try SettingList.items(text).map { try element.parse($0) } } catch { throw rejection }
        } check: { values throws(SettingRejection) in
            do { for value in values { try element.check(value) } } catch { throw rejection }
        } text: { values in
            SettingList.text(values.map(String.init))
        }
    }
}

extension SettingForm where Value == [String] {
    /// Lists of patterns of names such as `[features.*, head.bias]`.
    public static var patterns: SettingForm {
        SettingForm(allowed: "a list of names, * for any characters", kind: .textList) {
            text throws(SettingRejection) in
            SettingList.items(text)
        } check: { items throws(SettingRejection) in
            guard items.allSatisfy(isNamePattern) else {
                throw SettingRejection(requirement: "be a list of names, such as [features.*, head.bias] or []")
            }
        } text: {
            SettingList.text($0)
        }
    }
}

/// Whether `text` can be the pattern of a name.
package func isNamePattern(_ text: String) -> Bool {
    !text.isEmpty && !text.contains { $0.isWhitespace || "[]{}=,\"'".contains($0) }
}
