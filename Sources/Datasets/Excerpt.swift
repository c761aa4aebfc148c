/// Parts of data for messages of one line: short, and without anything that a terminal obeys.
package enum Excerpt {
    /// A text in quotes, cut after 40 characters; control characters are shown by their code.
    package static func text(_ text: String) -> String {
        var shown = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < 40 else { return "\"\(shown)…\"" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return "\"\(shown)\""
    }

    /// The same of bytes, which may not be UTF-8.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        text(String(decoding: Array(bytes.prefix(200)), as: UTF8.self))
    }

    /// A list of names, cut after ten with the number of the others.
    package static func list(_ names: some Collection<String>) -> String {
        let shown = names.prefix(10).map { name in
            let quoted = text(name)
            return quoted == "\"\(name)\"" ? name : quoted
        }
        return shown.joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
    }
}
