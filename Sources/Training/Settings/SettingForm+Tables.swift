import Datasets

extension SettingForm where Value == String? {
    /// The name of a column, in double quotes where it would be taken for something else, or `none`.
    static var columnName: SettingForm {
        SettingForm(allowed: "text, or \(absent)", kind: .text) { text throws(SettingRejection) in
            if text.trimmed == absent { return nil }
            guard let names = SettingForm<[String]>.items(text.trimmed.hasPrefix("\"") ? text.trimmed : quoted(text)),
                names.count == 1, !names[0].isEmpty
            else { throw SettingRejection(requirement: "be the name of a column, or none") }
            return names[0]
        } text: { name in
            name.map { $0 == absent || $0 != $0.trimmed || $0.hasPrefix("\"") ? quoted($0) : $0 } ?? absent
        }
    }
}

extension SettingForm where Value == [String] {
    /// Texts separated by commas, as in a row of comma-separated values: in double quotes where they hold a comma, or `none`.
    static var csvList: SettingForm {
        SettingForm(allowed: "texts separated by commas, or \(absent)", kind: .text) { text throws(SettingRejection) in
            if text.trimmed == absent { return [] }
            guard let items = items(text), !items.isEmpty, items.allSatisfy({ !$0.isEmpty }) else {
                throw SettingRejection(
                    requirement: "be texts separated by commas, those with commas in double quotes, or none")
            }
            return items
        } text: {
            $0.isEmpty ? absent : $0.map(item).joined(separator: ",")
        }
    }

    /// The items of a list; nil where quotes are not closed.
    fileprivate static func items(_ text: String) -> [String]? { try? CSVText.items(text.trimmed) }
}

extension SettingForm where Value == [Settings.Table.ColumnType] {
    /// What columns are: `NAME=TYPE`, separated by commas.
    static var columnTypes: SettingForm {
        typealias ColumnType = Settings.Table.ColumnType
        let requirement =
            "be a list of NAME=TYPE with the types \(ColumnType.names.joined(separator: ", ")), such as zip=category, or none"
        return SettingForm(allowed: "a list of NAME=TYPE, or \(absent)", kind: .text) { text throws(SettingRejection) in
            if text.trimmed == absent { return [] }
            guard let items = SettingForm<[String]>.items(text), !items.isEmpty else {
                throw SettingRejection(requirement: requirement)
            }
            var types: [ColumnType] = []
            for item in items {
                guard let sign = item.lastIndex(of: "=") else { throw SettingRejection(requirement: requirement) }
                let type = ColumnType(
                    column: String(item[..<sign]).trimmed, type: String(item[item.index(after: sign)...]).trimmed)
                guard !type.column.isEmpty, ColumnType.names.contains(type.type),
                    !types.contains(where: { $0.column == type.column })
                else { throw SettingRejection(requirement: requirement) }
                types.append(type)
            }
            return types
        } text: {
            $0.isEmpty ? absent : $0.map { item("\($0.column)=\($0.type)") }.joined(separator: ",")
        }
    }
}

/// An item of a list, in quotes where it needs them.
private func item(_ text: String) -> String {
    text == absent || text != text.trimmed || text.contains("\"") ? quoted(text) : CSVText.field(text)
}

private func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
