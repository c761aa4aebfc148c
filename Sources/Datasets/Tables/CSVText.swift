/// Rows of comma-separated values. Source: RFC 4180.
package enum CSVText {
    /// The fields with commas between them, in quotes where that is needed.
    package static func row(_ fields: [String]) -> String {
        fields.map { field in
            field.contains { ",\"\n\r\r\n".contains($0) } ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
        }.joined(separator: ",")
    }
}
