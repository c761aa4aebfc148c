import Foundation

/// Parallel coordinates as SVG: an axis for each setting and one for the objective; each trial is a line across them.
struct ParallelCoordinates {
    struct Line {
        let label: String
        /// Its value on each axis, as text; nil where there is none.
        let values: [String?]
        /// From 0, the best, to 1; nil where there is no value of the objective.
        let rank: Double?
    }

    let axes: [String]
    /// The best first.
    let lines: [Line]

    private static let (top, bottom) = (44.0, 250.0)

    /// The picture.
    var svg: String {
        let spacing = max(120.0, min(190, 760 / Double(max(1, axes.count - 1))))
        let width = spacing * Double(axes.count - 1) + 150
        func across(_ axis: Int) -> Double { 60 + spacing * Double(axis) }
        let scales = axes.indices.map { axis in Scale(lines.compactMap { $0.values[axis] }) }
        var parts = [
            "<svg class=\"parallel\" viewBox=\"0 0 \(Int(width)) 268\" style=\"min-width:\(Int(width * 0.9))px;max-width:\(Int(width * 1.15))px\" role=\"img\" aria-label=\"trials by settings and objective\">"
        ]
        for (index, line) in lines.enumerated().reversed() {
            let places = zip(line.values, scales).enumerated().compactMap { axis, pair -> String? in
                guard let value = pair.0, let position = pair.1.position(value) else { return nil }
                return "\(HTML.number(across(axis))),\(HTML.number(Self.vertical(position)))"
            }
            let isBest = index == 0 && line.rank != nil
            // the better, the more of the color
            let shade =
                line.rank.map { "style=\"--share:\(Int(100 * (1 - $0)))%\"" }
                ?? "stroke-dasharray=\"3 4\" style=\"--share:0%\""
            parts.append(
                "<polyline class=\"trial\(isBest ? " best" : "")\" \(shade) points=\"\(places.joined(separator: " "))\"><title>\(HTML.escape(line.label))</title></polyline>"
            )
        }
        for (axis, name) in axes.enumerated() {
            let x = HTML.number(across(axis))
            // long names of neighbors would overlap: they take turns in height
            let height = axis % 2 == 0 ? 14 : 28
            parts.append(
                "<line class=\"axis\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.top)\" y2=\"\(Self.bottom)\"/><text class=\"title\" x=\"\(x)\" y=\"\(height)\" text-anchor=\"middle\">\(HTML.escape(name))</text>"
            )
            parts += scales[axis].ticks.map { tick in
                "<text class=\"tick halo\" x=\"\(HTML.number(across(axis) + 5))\" y=\"\(HTML.number(Self.vertical(tick.position)))\" dy=\".35em\">\(HTML.escape(tick.label))</text>"
            }
        }
        return "<div class=\"scroll\">" + parts.joined(separator: "\n") + "</svg></div>\n"
    }

    private static func vertical(_ position: Double) -> Double { bottom - position * (bottom - top) }

    /// The scale of one axis: of numbers, or of names one above the other.
    private struct Scale {
        private var numbers: AxisScale?
        private var names: [String: Double] = [:]
        let ticks: [(position: Double, label: String)]

        init(_ values: [String]) {
            let parsed = values.compactMap(Double.init).filter(\.isFinite)
            if parsed.count == values.count, Set(parsed).count > 1 {
                numbers = AxisScale(
                    parsed, isLogarithmic: AxisScale.wantsLogarithm(parsed), padding: 0.03, intervals: 5)
                ticks = numbers?.ticks ?? []
                return
            }
            let distinct = Array(Set(values)).sorted()
            for (index, name) in distinct.enumerated() {
                names[name] = distinct.count > 1 ? Double(index) / Double(distinct.count - 1) : 0.5
            }
            let every = max(1, distinct.count / 10)
            ticks = stride(from: 0, to: distinct.count, by: every).map { index in
                let name = distinct[index]
                return (
                    distinct.count > 1 ? Double(index) / Double(distinct.count - 1) : 0.5,
                    name.count > 14 ? name.prefix(13) + "…" : name
                )
            }
        }

        func position(_ value: String) -> Double? {
            if let numbers { return Double(value).flatMap { $0.isFinite ? numbers.position($0) : nil } }
            return names[value]
        }
    }
}
