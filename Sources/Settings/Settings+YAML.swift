import Messages

extension Settings {
    /// All settings that count as a YAML file with a comment on each; `SettingsFile` reads it back to equal settings.
    public var yaml: String {
        var rows: [(entry: String, comment: String)] = []
        var section: String?
        for key in keys {
            if key.section != section, let name = key.section { rows.append(("\(name):", "")) }
            section = key.section
            let text = key.text(in: self)
            rows.append(((section == nil ? "" : "    ") + "\(key.leaf): \(key.kind.yaml(text))", key.help))
        }
        let width = min(40, rows.map(\.entry.count).max() ?? 0)
        return rows.map { entry, comment in
            comment.isEmpty ? entry + "\n" : entry.padded(to: width) + "  # \(comment)\n"
        }.joined()
    }
}

extension SettingKind {
    /// The text of a value of this kind as YAML.
    func yaml(_ text: String) -> String {
        switch self {
        case .plain, .list: text
        case .text, .path: yamlText(text)
        case .textList: "[" + SettingList.items(text).map(yamlText).joined(separator: ", ") + "]"
        }
    }
}

/// `text` as a YAML scalar: as it is where that is safe, else in double quotes with escapes.
func yamlText(_ text: String) -> String {
    let safe = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_./-".contains($0)) }
    if safe, let first = text.first, first != "-", text.lowercased() != "null" { return text }
    let escaped = text.unicodeScalars.map { scalar in
        switch scalar {
        case "\"", "\\": return "\\\(scalar)"
        // `SettingsText` takes one for an anchor, in quotes too
        case " "..."~" where scalar != "&": return String(scalar)
        default: return "\\U" + String(scalar.value, radix: 16).zeroPadded(to: 8)
        }
    }
    return "\"" + escaped.joined() + "\""
}
