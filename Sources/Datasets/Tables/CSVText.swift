/// Rows of comma-separated values. Source: RFC 4180.
package enum CSVText {
    /// The fields with separators between them, in quotes where that is needed.
    package static func row(_ fields: [String], separator: UInt8 = UInt8(ascii: ",")) -> String {
        fields.map { field($0, separator: separator) }.joined(separator: String(UnicodeScalar(separator)))
    }

    /// One field, in quotes where it holds the separator, a quote or the end of a line, whatever characters these are
    /// part of.
    package static func field(_ text: String, separator: UInt8 = UInt8(ascii: ",")) -> String {
        let special = [separator, CSVReader.quote, CSVReader.lineFeed, CSVReader.carriageReturn]
        guard text.utf8.contains(where: special.contains) else { return text }
        var bytes: [UInt8] = [CSVReader.quote]
        for byte in text.utf8 {
            if byte == CSVReader.quote { bytes.append(byte) }
            bytes.append(byte)
        }
        return String(decoding: bytes + [CSVReader.quote], as: UTF8.self)
    }

    /// The items of a list that is written like a row: blanks around an item that is not in quotes are left out.
    ///
    /// Throws if a quote is not closed, or text follows it.
    package static func items(_ text: String) throws(DatasetError) -> [String] {
        let reader = try CSVReader(
            RowSource(bytes: Array(text.utf8)), path: "the list", separator: UInt8(ascii: ","), capacity: 256)
        guard try reader.advance() else { return [] }
        var items: [String] = []
        for field in reader.fields {
            let item = try reader.text(field)
            items.append(field.isQuoted ? item : item.trimmingBlanks)
        }
        return items
    }
}

extension String {
    /// The text without the blanks and tabs around it.
    var trimmingBlanks: String {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let start = utf8.drop(while: isBlank)
        let end = start.lastIndex { !isBlank($0) }.map(utf8.index(after:)) ?? start.startIndex
        return String(Substring(start[start.startIndex..<end]))
    }
}
