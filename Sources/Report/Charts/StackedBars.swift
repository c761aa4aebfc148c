import Foundation

/// Bars of parts, one below the other on a common scale, with a table that says what the colors are.
struct StackedBars {
    /// The names of the parts, in their order.
    let parts: [String]
    /// Each bar's name, and the size of each part.
    let bars: [(name: String, sizes: [Double])]
    /// The unit of the sizes.
    let unit: String
    let text: (Double) -> String

    /// The bars and their table; nothing where there is no bar.
    var html: String {
        let totals = bars.map { $0.sizes.reduce(0, +) }
        guard let longest = totals.max(), longest > 0 else { return "" }
        let rows = bars.map { bar in
            let name = bars.count > 1 ? "<span>\(HTML.escape(bar.name))</span>" : ""
            let segments = bar.sizes.enumerated().filter { $0.element > 0 }.map { part, size in
                "<i class=\"p\(part % LineChart.colors)\" style=\"width:\(String(format: "%.2f", 100 * size / longest))%\" title=\"\(HTML.escape("\(parts[part]): \(text(size)) \(unit)"))\"></i>"
            }
            return "<div>\(name)<div class=\"bar\">\(segments.joined())</div></div>\n"
        }
        return "<div class=\"bars\">\(rows.joined())</div>\n" + table(totals)
    }

    private func table(_ totals: [Double]) -> String {
        let names = bars.count > 1 ? bars.map(\.name) : [unit]
        let head = names.map { "<th class=\"n\">\(HTML.escape($0))</th><th class=\"n\">%</th>" }.joined()
        let rows = parts.indices.filter { part in bars.contains { $0.sizes[part] > 0 } }.map { part in
            let cells = zip(bars, totals).map { bar, total in
                "<td class=\"n\">\(text(bar.sizes[part]))</td><td class=\"n\">\(total > 0 ? text(100 * bar.sizes[part] / total) : "")</td>"
            }
            return
                "<tr><td><i class=\"swatch p\(part % LineChart.colors)\"></i>\(HTML.escape(parts[part]))</td>\(cells.joined())</tr>\n"
        }
        let unitNote = bars.count > 1 ? " (\(unit))" : ""
        return
            "<div class=\"scroll\"><table><thead><tr><th>part\(HTML.escape(unitNote))</th>\(head)</tr></thead><tbody>\n"
            + rows.joined() + "</tbody></table></div>\n"
    }
}
