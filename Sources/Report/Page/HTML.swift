import Foundation
import Messages

/// HTML as text.
enum HTML {
    /// `text`, which may come from anybody, as the content of an element or of an attribute in double quotes.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.printable.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A coordinate with one decimal.
    static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    /// A section of the page with a heading; nothing where it has no content.
    static func section(_ title: String, _ content: String) -> String {
        content.isEmpty ? "" : "<section><h2>\(escape(title))</h2>\n\(content)</section>\n"
    }

    /// A paragraph that explains; nothing for an empty text.
    static func note(_ text: String) -> String { text.isEmpty ? "" : "<p class=\"note\">\(escape(text))</p>\n" }

    /// A table of texts, whose columns after the first `texts` are aligned as numbers where they have some; scrolls
    /// sideways where there is no room.
    static func table(_ head: [String], _ rows: [[String]], texts: Int = 1, isSortable: Bool = false) -> String {
        guard !rows.isEmpty else { return "" }
        let columns = rows.map(\.count).max() ?? 0
        let isNumeric = (0..<max(columns, head.count)).map { column in
            column >= texts
                && rows.contains { column < $0.count && $0[column].first { $0 != "-" }?.isNumber == true }
        }
        func cells(_ row: [String], _ tag: String) -> String {
            row.enumerated().map { column, text in
                let content = tag == "th" && isSortable ? "<button>\(escape(text))</button>" : escape(text)
                return "<\(tag)\(isNumeric[column] ? " class=\"n\"" : "")>\(content)</\(tag)>"
            }.joined()
        }
        return "<div class=\"scroll\"><table\(isSortable ? " class=\"sortable\"" : "")><thead><tr>\(cells(head, "th"))"
            + "</tr></thead><tbody>\n" + rows.map { "<tr>\(cells($0, "td"))</tr>\n" }.joined()
            + "</tbody></table></div>\n"
    }

    /// What is only looked at on demand.
    static func details(_ title: String, _ content: String) -> String {
        content.isEmpty ? "" : "<details><summary>\(escape(title))</summary>\n\(content)</details>\n"
    }
}
