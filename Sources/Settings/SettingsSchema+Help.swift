import Messages

extension SettingsSchema {
    /// The table of all settings by section, with default, meaning and allowed values, in at most `columns` columns.
    public func help(columns: Int = 100) -> String {
        Self.table(keys, defaults: Settings(self), titles: titles, columns: columns) { name in declarations(of: name) }
    }

    /// The headings of the sections.
    var titles: [String: String] {
        Dictionary(groups.filter { $0.choice == nil }.map { ($0.prefix, $0.title) }) { first, _ in first }
    }

    static func table(
        _ keys: [SettingKey], defaults: Settings, titles: [String: String], columns: Int,
        declarations: (String) -> [SettingKey]
    ) -> String {
        let mark = " *"
        let rows = keys.map { key in
            let all = declarations(key.name)
            return (key: key, value: (all.first ?? key).text(in: defaults), note: note(on: all))
        }
        let nameWidth = keys.map(\.name.count).max() ?? 0
        let defaultWidth = rows.map(\.value.count).max() ?? 0
        let indent = 2 + nameWidth + mark.count + 2 + defaultWidth + 2
        var (text, section): (String, String?) = ("", nil)
        for (key, value, note) in rows {
            if key.section ?? "" != section {
                section = key.section ?? ""
                let title = titles[section ?? ""] ?? section ?? ""
                text += (text.isEmpty ? "" : "\n") + title + "\n"
            }
            let name = (key.name + (key.changesOnResume ? mark : "")).padded(to: nameWidth + mark.count)
            let start = "  \(name)  \(value.padded(to: defaultWidth))  "
            let lines = wrapped("\(key.help) (\(key.allowed)\(note))", columns: max(20, columns - indent))
            text += start + lines.joined(separator: "\n" + String(repeating: " ", count: indent)) + "\n"
        }
        return text + "\n* may change when a run is resumed\n"
    }

    /// With which choices a setting is used, and what its default is where it differs from that of the first.
    private static func note(on declarations: [SettingKey]) -> String {
        let choices = declarations.compactMap { key in key.choice.map { (key: key, value: $0.value) } }
        guard let first = choices.first else { return "" }
        var text = "; of " + choices.map(\.value).joined(separator: ", ")
        let others = Dictionary(grouping: choices) { $0.key.defaultText }
        for value in choices.map(\.key.defaultText).reduce(into: [String](), { if !$0.contains($1) { $0.append($1) } })
        where value != first.key.defaultText {
            text += "; \(value) of " + (others[value] ?? []).map(\.value).joined(separator: ", ")
        }
        return text
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

extension Settings {
    /// The table of the given settings with the values that they have here, in at most `columns` columns.
    package func help(_ keys: [SettingKey], columns: Int = 100) -> String {
        SettingsSchema.table(keys, defaults: self, titles: schema.titles, columns: columns) { name in
            effectiveKey(name).map { [$0.unchosen] } ?? []
        }
    }
}
