extension Unicode.Scalar {
    /// Whether this is white space: Unicode's property White_Space, everywhere. Of ASCII these are the blank, TAB,
    /// LF, vertical TAB, form feed and CR; further NEL, no-break space, and the spaces and separators of general
    /// punctuation.
    ///
    /// So is a byte order mark, which stands within a text where files were concatenated.
    package var isWhiteSpace: Bool {
        value < 0x80 ? value == 0x20 || (0x09...0x0d).contains(value) : value == 0xfeff || properties.isWhitespace
    }
}

extension String {
    /// Whether there is nothing but white space.
    package var isBlank: Bool { unicodeScalars.allSatisfy(\.isWhiteSpace) }

    /// The text without the white space at its ends.
    package var withoutOuterWhiteSpace: String { self[...].withoutOuterWhiteSpace }
}

extension Substring {
    /// The text without the white space at its ends.
    package var withoutOuterWhiteSpace: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isWhiteSpace }),
            let last = scalars.lastIndex(where: { !$0.isWhiteSpace })
        else { return "" }
        return String(Substring(scalars[first...last]))
    }
}
