import Messages

extension Settings {
    /// The table of all keys with default, meaning and allowed values, in at most `columns` columns.
    public static func help(columns: Int = 100) -> String {
        let mark = " *"
        let nameWidth = keys.map(\.name.count).max() ?? 0
        let defaultWidth = keys.map(\.defaultText.count).max() ?? 0
        let indent = 2 + nameWidth + mark.count + 2 + defaultWidth + 2
        var text = "Settings (--set KEY=VALUE, or in a YAML file), with their defaults:\n\n"
        let sizes = Dictionary(grouping: keys, by: \.group).mapValues(\.count)
        var group: String?
        for key in keys {
            // a blank line around groups; those of one key stand together
            if key.group != group, max(sizes[key.group] ?? 0, sizes[group] ?? 0) > 1 { text += "\n" }
            group = key.group
            let name = (key.name + (key.changesOnResume ? mark : "")).padded(to: nameWidth + mark.count)
            let start = "  \(name)  \(key.defaultText.padded(to: defaultWidth))  "
            let lines = wrapped("\(key.help) (\(key.allowed))", columns: max(20, columns - indent))
            text += start + lines.joined(separator: "\n" + String(repeating: " ", count: indent)) + "\n"
        }
        return text + "\n* may change when a run is resumed\n"
    }

    /// `text` broken at spaces into lines of at most `columns` characters, longer words excepted.
    private static func wrapped(_ text: String, columns: Int) -> [String] {
        text.split(separator: " ").reduce(into: [String]()) { lines, word in
            if let line = lines.last, line.count + 1 + word.count <= columns {
                lines[lines.count - 1] = line + " " + word
            } else {
                lines.append(String(word))
            }
        }
    }
}
