extension String {
    /// The text in quotes, for errors about data: at most 40 characters (Unicode scalars), and those that nobody sees
    /// by their code.
    package var excerpt: String {
        let start = unicodeScalars.prefix(40)
        return "\"\(start.visible)\(start.endIndex == unicodeScalars.endIndex ? "" : "…")\""
    }
}

extension Sequence<UInt8> {
    /// The same of bytes, which need not be UTF-8.
    package var excerpt: String { String(decoding: Array(prefix(200)), as: UTF8.self).excerpt }
}

extension Sequence<String> {
    /// The first ten names, each of at most 40 characters, and how many more there are.
    package var listedNames: String { listed(longest: 40) { $0.unicodeScalars.visible } }
}

extension Sequence<Unicode.Scalar> {
    /// The characters as text, control and format characters by their code.
    package var visible: String {
        map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }.joined()
    }
}
