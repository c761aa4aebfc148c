import Foundation
import Messages
import RunRecords

/// A reliability diagram as SVG: the accuracy of predictions by their confidence, and below how many there are.
struct ReliabilityChart {
    let bins: [CalibrationReport.Bin]

    private static let (width, height) = (400.0, 330.0)
    private static let (left, right, top, side) = (58.0, 14.0, 24.0, 200.0)
    /// Where the counts are.
    private static let (countTop, countHeight) = (242.0, 46.0)

    private static func horizontal(_ share: Double) -> Double { left + share * (width - left - right) }
    private static func vertical(_ share: Double) -> Double { top + (1 - share) * side }

    private func rectangle(_ classes: String, _ bin: Int, top: Double, bottom: Double) -> String {
        let (from, to) = (Double(bin) / Double(bins.count), Double(bin + 1) / Double(bins.count))
        let (x, end) = (Self.horizontal(from), Self.horizontal(to))
        return
            "<rect class=\"\(classes)\" x=\"\(HTML.number(x + 0.5))\" y=\"\(HTML.number(top))\" width=\"\(HTML.number(end - x - 1))\" height=\"\(HTML.number(max(0, bottom - top)))\">"
            + "<title>\(HTML.escape(label(bin)))</title></rect>"
    }

    private func label(_ bin: Int) -> String {
        let (found, range) = (bins[bin], Self.range(bin, of: bins.count))
        guard let accuracy = found.accuracy else { return "\(range): no predictions" }
        return
            "confidence \(range): \(Readable.count(found.count, of: "prediction")), mean confidence \(Readable.percent(found.confidence)), accuracy \(Readable.percent(accuracy))"
    }

    /// The confidences of a bin: the upper bound belongs to it.
    static func range(_ bin: Int, of count: Int) -> String {
        func percent(_ index: Int) -> String { String(format: "%.4g", 100 * Double(index) / Double(count)) }
        return "\(percent(bin)) to \(percent(bin + 1)) %"
    }

    /// The picture.
    var svg: String {
        let base = Self.vertical(0)
        var parts = [
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"reliability diagram\">",
            "<text class=\"title\" x=\"2\" y=\"12\">accuracy (%)</text>",
        ]
        for percent in stride(from: 0, through: 100, by: 25) {
            let (x, y) = (
                HTML.number(Self.horizontal(Double(percent) / 100)), HTML.number(Self.vertical(Double(percent) / 100))
            )
            let bottom = Self.countTop + Self.countHeight
            parts += [
                "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(y)\" y2=\"\(y)\"/>",
                "<text class=\"tick\" x=\"\(Self.left - 6)\" y=\"\(y)\" dy=\".35em\" text-anchor=\"end\">\(percent)</text>",
                "<line class=\"axis\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(bottom)\" y2=\"\(bottom + 4)\"/>",
                "<text class=\"tick\" x=\"\(x)\" y=\"\(bottom + 16)\" text-anchor=\"middle\">\(percent)</text>",
            ]
        }
        let most = Double(max(1, bins.map(\.count).max() ?? 1))
        for (index, bin) in bins.enumerated() {
            guard let accuracy = bin.accuracy else { continue }
            let expected = Self.vertical(bin.confidence)
            parts.append(rectangle("p0", index, top: Self.vertical(accuracy), bottom: base))
            parts.append(rectangle("confidence", index, top: expected - 1.25, bottom: expected + 1.25))
            let height = max(1, Self.countHeight * Double(bin.count) / most)
            let bottom = Self.countTop + Self.countHeight
            parts.append(rectangle("counts", index, top: bottom - height, bottom: bottom))
        }
        let end = Self.countTop + Self.countHeight
        parts += [
            "<g class=\"reference\"><polyline points=\"\(Self.left),\(base) \(Self.width - Self.right),\(Self.top)\"/></g>",
            "<line class=\"axis\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(base)\" y2=\"\(base)\"/>",
            "<line class=\"axis\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(end)\" y2=\"\(end)\"/>",
            "<text class=\"tick\" x=\"\(Self.left - 6)\" y=\"\(Self.countTop)\" dy=\".7em\" text-anchor=\"end\">\(Readable.count(Int(most)))</text>",
            "<text class=\"tick\" x=\"\(Self.left - 6)\" y=\"\(end)\" text-anchor=\"end\">0</text>",
            "<text class=\"title\" x=\"\((Self.left + Self.width - Self.right) / 2)\" y=\"\(Self.height - 4)\" text-anchor=\"middle\">confidence (%), and predictions by it</text>",
        ]
        return parts.joined(separator: "\n") + "</svg>\n"
    }
}
