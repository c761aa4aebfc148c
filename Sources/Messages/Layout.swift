extension String {
    /// The text with spaces after it up to `width` characters.
    package func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// The text with spaces before it up to `width` characters.
    package func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

    /// The text with zeros before it up to `width` characters: of a number in digits.
    package func zeroPadded(to width: Int) -> String { String(repeating: "0", count: max(0, width - count)) + self }
}

/// A title, and rows of a name and a value, aligned; control characters in them are escaped.
package func block(_ title: String, _ rows: [(name: String, value: String)]) -> String {
    let width = rows.map(\.name.count).max() ?? 0
    return title.printable + "\n"
        + rows.map { "  \($0.name.padded(to: width))  \($0.value.printable)\n" }.joined()
}
