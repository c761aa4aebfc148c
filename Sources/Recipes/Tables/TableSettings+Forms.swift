import Datasets
import Settings

extension SettingForm where Value == String? {
    /// The name of a column, in double quotes where it would be taken for something else, or `none`.
    static var columnName: SettingForm {
        let rejection = SettingRejection(requirement: "be the name of a column, or none")
        return SettingForm(allowed: "text, or \(absent)", kind: .text) { text throws(SettingRejection) in
            if text.trimmed == absent { return nil }
            guard let names = items(text.trimmed.hasPrefix("\"") ? text.trimmed : quoted(text)), names.count == 1
            else { throw rejection }
            return names[0]
        } check: { name throws(SettingRejection) in
            if name?.isEmpty == true { throw rejection }
        } text: { name in
            name.map { $0 == absent || $0 != $0.trimmed || $0.hasPrefix("\"") ? quoted($0) : $0 } ?? absent
        }
    }
}

extension SettingForm where Value == [String] {
    /// Texts separated by commas, as in a row of comma-separated values: in double quotes where they hold a comma, or `none`.
    static var csvList: SettingForm {
        let rejection = SettingRejection(
            requirement: "be texts separated by commas, those with commas in double quotes, or none")
        return SettingForm(allowed: "texts separated by commas, or \(absent)", kind: .text) {
            text throws(SettingRejection) in
            if text.trimmed == absent { return [] }
            guard let items = items(text), !items.isEmpty else { throw rejection }
            return items
        } check: { items throws(SettingRejection) in
            guard items.allSatisfy({ !$0.isEmpty }) else { throw rejection }
        } text: {
            $0.isEmpty ? absent : $0.map(item).joined(separator: ",")
        }
    }
}

extension SettingForm where Value == [TableSettings.ColumnType] {
    /// What columns are: `NAME=TYPE`, separated by commas.
    static var columnTypes: SettingForm {
        typealias ColumnType = TableSettings.ColumnType
        let rejection = SettingRejection(
            requirement:
                "be a list of NAME=TYPE with the types \(ColumnType.names.joined(separator: ", ")), such as zip=category, or none"
        )
        return SettingForm(allowed: "a list of NAME=TYPE, or \(absent)", kind: .text) { text throws(SettingRejection) in
            if text.trimmed == absent { return [] }
            guard let items = items(text), !items.isEmpty else { throw rejection }
            var types: [ColumnType] = []
            for item in items {
                guard let sign = item.lastIndex(of: "=") else { throw rejection }
                types.append(
                    ColumnType(
                        column: String(item[..<sign]).trimmed, type: String(item[item.index(after: sign)...]).trimmed))
            }
            return types
        } check: { types throws(SettingRejection) in
            for (index, type) in types.enumerated() {
                guard !type.column.isEmpty, ColumnType.names.contains(type.type),
                    !types[..<index].contains(where: { $0.column == type.column })
                else { throw rejection }
            }
        } text: {
            $0.isEmpty ? absent : $0.map { item("\($0.column)=\($0.type)") }.joined(separator: ",")
        }
    }
}

/// The items of a list; nil where quotes are not closed.
private func items(_ text: String) -> [String]? { try? CSVText.items(text.trimmed) }

/// An item of a list, in quotes where it needs them.
private func item(_ text: String) -> String {
    text == absent || text != text.trimmed || text.contains("\"") ? quoted(text) : CSVText.field(text)
}

private func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
