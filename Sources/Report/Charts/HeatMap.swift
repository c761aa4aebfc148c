import Foundation
import Messages

/// A confusion matrix as SVG: a row for each true class, a column for each prediction.
struct HeatMap {
    let classes: [String]
    /// How many samples of the class of the row were taken for that of the column.
    let counts: [[Int]]

    /// The picture. Right predictions and errors differ in color; the shade is the share of the true class.
    var svg: String {
        let count = classes.count
        let cell = max(10.0, min(30.0, 300.0 / Double(count)))
        let letters = classes.map(\.count).max() ?? 0
        let left = 20 + 6.4 * Double(min(16, letters))
        let side = cell * Double(count)
        let (width, height) = (left + side + 50, side + 0.87 * (left - 20) + 30)
        var parts = [
            "<svg class=\"heat\" viewBox=\"0 0 \(HTML.number(width)) \(HTML.number(height))\" style=\"max-width:\(Int(width * 1.3))px\" role=\"img\" aria-label=\"confusion matrix\">",
            "<text class=\"title\" transform=\"translate(10 \(HTML.number(side / 2))) rotate(-90)\" text-anchor=\"middle\">true class</text>",
            "<text class=\"title\" x=\"\(HTML.number(left + side / 2))\" y=\"\(HTML.number(height - 2))\" text-anchor=\"middle\">predicted class</text>",
        ]
        for (row, name) in classes.enumerated() {
            let total = counts[row].reduce(0, +)
            let top = cell * Double(row)
            let middle = HTML.number(top + cell / 2)
            parts.append(
                "<text class=\"tick\" x=\"\(HTML.number(left - 4))\" y=\"\(middle)\" dy=\".35em\" text-anchor=\"end\">\(HTML.escape(Self.short(name)))</text>"
            )
            let across = HTML.number(left + cell * (Double(row) + 0.5))
            parts.append(
                "<text class=\"tick\" transform=\"translate(\(across) \(HTML.number(side + 6))) rotate(-60)\" dy=\".35em\" text-anchor=\"end\">\(HTML.escape(Self.short(name)))</text>"
            )
            for (column, value) in counts[row].enumerated() where value > 0 {
                let share = Double(value) / Double(total)
                let x = left + cell * Double(column)
                parts.append(
                    "<rect class=\"\(row == column ? "right" : "wrong")\" x=\"\(HTML.number(x))\" y=\"\(HTML.number(top))\" width=\"\(HTML.number(cell - 1))\" height=\"\(HTML.number(cell - 1))\" fill-opacity=\"\(String(format: "%.3f", 0.08 + 0.92 * (row == column ? share : share.squareRoot())))\"><title>\(HTML.escape("\(name) taken for \(classes[column]): \(Readable.count(value)) of \(Readable.count(total))"))</title></rect>"
                )
                if cell >= 20, value < 100_000 {
                    parts.append(
                        "<text class=\"\(row == column && share > 0.55 || row != column && share > 0.3 ? "inside" : "count")\" x=\"\(HTML.number(x + cell / 2 - 0.5))\" y=\"\(middle)\" dy=\".35em\" text-anchor=\"middle\">\(value)</text>"
                    )
                }
            }
            if total > 0 {
                let own = counts[row].indices.contains(row) ? counts[row][row] : 0
                let share = Readable.percent(Double(own) / Double(total), decimals: 1)
                parts.append(
                    "<text class=\"tick\" x=\"\(HTML.number(left + side + 5))\" y=\"\(middle)\" dy=\".35em\">\(share)</text>"
                )
            }
        }
        return parts.joined(separator: "\n") + "</svg>\n"
    }

    private static func short(_ name: String) -> String { name.count > 16 ? name.prefix(15) + "…" : name }
}
