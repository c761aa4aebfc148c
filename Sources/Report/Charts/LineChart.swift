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
        /// The values of a chain, many of which lie over each other.
        case trace
        /// What others are compared with, such as a diagonal.
        case reference
    }

    struct Curve {
        let label: String
        /// The number of its color.
        let color: Int
        let style: Style
        let points: CurvePoints
    }

    /// What lies around a curve, such as the standard deviation.
    struct Band {
        /// The number of its color.
        let color: Int
        let points: [(x: Double, low: Double, high: Double)]
    }

    let x, y: String
    let isPercent: Bool
    /// Whether the axis y is never logarithmic.
    var isLinear = false
    /// The axis y is logarithmic by the span of the values without this part of them at each end.
    var outliers = 20
    let curves: [Curve]
    var bands: [Band] = []
    /// Values of x that are marked by a vertical line.
    var marks: [Double] = []
    var height = 236.0

    static let colors = 8
    private static let width = 400.0
    /// The most points of a band.
    private static let mostOfBand = 200
    private static let (left, right, top, bottom) = (58.0, 14.0, 24.0, 38.0)

    /// The picture; nil where there is nothing to draw.
    var svg: String? {
        let drawn = curves.map(\.points.points).filter { !$0.isEmpty }
        let values = drawn.flatMap { $0.map(\.y) } + bands.flatMap { $0.points.flatMap { [$0.low, $0.high] } }
        let isLogarithmic = !isPercent && !isLinear && AxisScale.wantsLogarithm(values, share: outliers)
        guard let across = AxisScale(drawn.flatMap { $0.map(\.x) } + marks, padding: 0.01),
            let up = AxisScale(values, isLogarithmic: isLogarithmic, intervals: height < 200 ? 3 : 4)
        else { return nil }
        let title = isPercent ? "\(y) (%)" : up.isLogarithmic ? "\(y) (log scale)" : y
        var parts = [
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" role=\"img\" aria-label=\"\(HTML.escape("\(title) over \(x)"))\">"
        ]
        parts += up.ticks.flatMap { tick -> [String] in
            let place = HTML.number(vertical(tick.position))
            return [
                "<line class=\"grid\" x1=\"\(Int(Self.left))\" x2=\"\(Int(Self.width - Self.right))\" y1=\"\(place)\" y2=\"\(place)\"/>",
                "<text class=\"tick\" x=\"\(Int(Self.left - 6))\" y=\"\(place)\" dy=\".35em\" text-anchor=\"end\">\(tick.label)</text>",
            ]
        }
        parts += across.ticks.flatMap { tick -> [String] in
            let x = Self.horizontal(tick.position)
            let place = HTML.number(x)
            // about the half of a label lies beyond its tick
            let isCut = x + 3.4 * Double(tick.label.count) > Self.width
            let base = height - Self.bottom
            return [
                "<line class=\"axis\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(base)\" y2=\"\(base + 4)\"/>",
                "<text class=\"tick\" x=\"\(isCut ? "\(Int(Self.width))" : place)\" y=\"\(base + 16)\" text-anchor=\"\(isCut ? "end" : "middle")\">\(tick.label)</text>",
            ]
        }
        let base = height - Self.bottom
        parts.append(
            "<line class=\"axis\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(base)\" y2=\"\(base)\"/>"
        )
        parts.append("<text class=\"title\" x=\"2\" y=\"12\">\(HTML.escape(title))</text>")
        parts.append(
            "<text class=\"title\" x=\"\((Self.left + Self.width - Self.right) / 2)\" y=\"\(height - 4)\" text-anchor=\"middle\">\(HTML.escape(x))</text>"
        )
        parts += marks.filter(\.isFinite).map { mark in
            let place = HTML.number(Self.horizontal(across.position(mark)))
            return "<line class=\"mark\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(Self.top)\" y2=\"\(base)\"/>"
        }
        parts += bands.map { draw($0, across, up) }
        // what is compared comes last, on top
        for style in [Style.minor, .reference, .faint, .trace, .second, .main] {
            parts += curves.filter { $0.style == style }.map { draw($0, across, up) }
        }
        return parts.joined(separator: "\n") + "</svg>\n"
    }

    private static func horizontal(_ position: Double) -> Double { left + position * (width - left - right) }
    private func vertical(_ position: Double) -> Double {
        height - Self.bottom - position * (height - Self.top - Self.bottom)
    }

    private func draw(_ band: Band, _ across: AxisScale, _ up: AxisScale) -> String {
        let every = (band.points.count + Self.mostOfBand - 1) / Self.mostOfBand
        let points = band.points.enumerated().filter { $0.offset % max(1, every) == 0 }.map(\.element)
        func place(_ x: Double, _ y: Double) -> String {
            "\(HTML.number(Self.horizontal(across.position(x)))),\(HTML.number(vertical(up.position(y))))"
        }
        let outline = points.map { place($0.x, $0.high) } + points.reversed().map { place($0.x, $0.low) }
        // one point has no area: a line of some width
        return "<polygon class=\"band c\(band.color % Self.colors)\" points=\"\(outline.joined(separator: " "))\"/>"
    }

    private func draw(_ curve: Curve, _ across: AxisScale, _ up: AxisScale) -> String {
        let places = curve.points.thinned.points.map { point in
            (
                HTML.number(Self.horizontal(across.position(point.x))),
                HTML.number(vertical(up.position(point.y)))
            )
        }
        let classes =
            "\(curve.style.rawValue) c\(curve.color % Self.colors)\(curve.color >= Self.colors ? " again" : "")"
        var text = "<g class=\"\(classes)\"><title>\(HTML.escape(curve.label))</title>"
        if places.count > 1 {
            text += "<polyline points=\"\(places.map { "\($0.0),\($0.1)" }.joined(separator: " "))\"/>"
        }
        if places.count == 1 && curve.style != .reference
            || places.count <= 30 && ![.faint, .minor, .trace, .reference].contains(curve.style)
        {
            text += places.map { "<circle cx=\"\($0.0)\" cy=\"\($0.1)\" r=\"2.6\"/>" }.joined()
        }
        return text + "</g>"
    }
}
