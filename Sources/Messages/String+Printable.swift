extension String {
    /// The text on one line, without anything that a terminal would obey: control characters, line ends and characters
    /// that reorder the text are written as Swift escapes them, such as `\n` and `\u{1b}`.
    ///
    /// For every text from outside (names, values, words of a file) that goes to the screen or into an error.
    package var printable: String { escaped { isActive($0) } }

    /// The same for a text of several lines: their ends stay.
    package var printableLines: String { escaped { $0 != "\n" && isActive($0) } }

    /// The text if it has at most `limit` characters (Unicode scalars), else its beginning and how many more there are.
    package func shortened(to limit: Int) -> String {
        // a scalar takes at most four bytes
        guard utf8.count > limit else { return self }
        let scalars = unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
            end != scalars.endIndex
        else { return self }
        return String(scalars[..<end]) + "… (\(scalars[end...].count) more characters)"
    }

    private func escaped(_ isEscaped: (Unicode.Scalar) -> Bool) -> String {
        guard unicodeScalars.contains(where: isEscaped) else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if isEscaped(scalar) {
                text.append(contentsOf: scalar.escape.unicodeScalars)
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    fileprivate var escape: String {
        switch self {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(value, radix: 16))}"
        }
    }
}

/// Whether a terminal obeys the scalar instead of showing it: C0 and C1 controls, line and paragraph separators, and
/// those that change the direction of text. Source: Unicode Standard Annex 9, section 2; Unicode 15, chapter 23.1.
private func isActive(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x200e, 0x200f, 0x061c, 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
}
