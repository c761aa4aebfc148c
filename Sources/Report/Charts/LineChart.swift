import Foundation

/// Curves over one axis, as SVG.
struct LineChart {
    /// How a curve is drawn.
    enum Style: String {
        /// A curve that is compared.
        case main
        /// One beside it, such as the training loss beside the test loss.
        case second
        /// The values that a smoothed curve stands for.
        case faint
        /// One of many.
        case minor
    }

    struct Curve {
        let label: String
        /// The number of its color.
        let color: Int
        let style: Style
        let points: CurvePoints
    }

    let x, y: String
    let isPercent: Bool
    /// The axis y is logarithmic by the span of the values without this part of them at each end.
    var outliers = 20
    let curves: [Curve]

    static let colors = 8
    private static let (width, height) = (400.0, 236.0)
    private static let (left, right, top, bottom) = (58.0, 14.0, 24.0, 38.0)

    /// The picture; nil where there is nothing to draw.
    var svg: String? {
        let drawn = curves.map(\.points.points).filter { !$0.isEmpty }
        let values = drawn.flatMap { $0.map(\.y) }
        guard let across = AxisScale(drawn.flatMap { $0.map(\.x) }, padding: 0.01),
            let up = AxisScale(values, isLogarithmic: !isPercent && AxisScale.wantsLogarithm(values, share: outliers))
        else { return nil }
        let title = isPercent ? "\(y) (%)" : up.isLogarithmic ? "\(y) (log scale)" : y
        var parts = [
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(HTML.escape("\(title) over \(x)"))\">"
        ]
        parts += up.ticks.flatMap { tick -> [String] in
            let place = HTML.number(Self.vertical(tick.position))
            return [
                "<line class=\"grid\" x1=\"\(Int(Self.left))\" x2=\"\(Int(Self.width - Self.right))\" y1=\"\(place)\" y2=\"\(place)\"/>",
                "<text class=\"tick\" x=\"\(Int(Self.left - 6))\" y=\"\(place)\" dy=\".35em\" text-anchor=\"end\">\(tick.label)</text>",
            ]
        }
        parts += across.ticks.flatMap { tick -> [String] in
            let place = HTML.number(Self.horizontal(tick.position))
            let base = Self.height - Self.bottom
            return [
                "<line class=\"axis\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(base)\" y2=\"\(base + 4)\"/>",
                "<text class=\"tick\" x=\"\(place)\" y=\"\(base + 16)\" text-anchor=\"middle\">\(tick.label)</text>",
            ]
        }
        let base = Self.height - Self.bottom
        parts.append(
            "<line class=\"axis\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(base)\" y2=\"\(base)\"/>"
        )
        parts.append("<text class=\"title\" x=\"2\" y=\"12\">\(HTML.escape(title))</text>")
        parts.append(
            "<text class=\"title\" x=\"\((Self.left + Self.width - Self.right) / 2)\" y=\"\(Self.height - 4)\" text-anchor=\"middle\">\(HTML.escape(x))</text>"
        )
        // what is compared comes last, on top
        for style in [Style.minor, .faint, .second, .main] {
            parts += curves.filter { $0.style == style }.map { draw($0, across, up) }
        }
        return parts.joined(separator: "\n") + "</svg>\n"
    }

    private static func horizontal(_ position: Double) -> Double { left + position * (width - left - right) }
    private static func vertical(_ position: Double) -> Double { height - bottom - position * (height - top - bottom) }

    private func draw(_ curve: Curve, _ across: AxisScale, _ up: AxisScale) -> String {
        let places = curve.points.thinned.points.map { point in
            (
                HTML.number(Self.horizontal(across.position(point.x))),
                HTML.number(Self.vertical(up.position(point.y)))
            )
        }
        let classes =
            "\(curve.style.rawValue) c\(curve.color % Self.colors)\(curve.color >= Self.colors ? " again" : "")"
        var text = "<g class=\"\(classes)\"><title>\(HTML.escape(curve.label))</title>"
        if places.count > 1 {
            text += "<polyline points=\"\(places.map { "\($0.0),\($0.1)" }.joined(separator: " "))\"/>"
        }
        if places.count == 1 || places.count <= 30 && curve.style != .faint && curve.style != .minor {
            text += places.map { "<circle cx=\"\($0.0)\" cy=\"\($0.1)\" r=\"2.6\"/>" }.joined()
        }
        return text + "</g>"
    }
}
