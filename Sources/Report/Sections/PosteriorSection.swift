import Foundation
import Messages

/// The draws of a run from a posterior: densities and traces of its chains, and numbers.
struct PosteriorSection {
    let run: ReportedRun

    /// Quantities whose pictures are shown at once; those of the others on demand, as far as they are drawn.
    private static let first = 6
    private static let mostRows = 300
    /// Chains that are drawn.
    private static let mostChains = LineChart.colors
    /// From here on chains have not mixed: Vehtari, Gelman, Simpson, Carpenter, Bürkner, "Rank-normalization, folding, and
    /// localization: an improved R-hat", 2021.
    private static let mixed = 1.01

    var html: String {
        guard let posterior = run.posterior, !posterior.quantities.isEmpty else { return "" }
        let drawn = posterior.quantities.prefix(PosteriorDraws.mostDrawn).filter { !$0.chains.isEmpty }
        let further = drawn.dropFirst(Self.first).map(picture).joined()
        return HTML.note(notes(posterior, drawn: drawn.count)) + legend(posterior)
            + drawn.prefix(Self.first).map(picture).joined()
            + HTML.details("Further quantities", further) + table(posterior)
    }

    private func notes(_ posterior: PosteriorDraws, drawn: Int) -> String {
        let all = posterior.quantities
        var texts = [
            "\(Readable.count(posterior.chains, of: "chain")) of \(Readable.count(posterior.draws, of: "draw")) after the warm-up, of \(Self.quantities(all.count)).",
            "Densities between the quantiles 0.1 % and 99.9 %; lines mark the mean and the 90 % interval.",
        ]
        let apart = all.count { !($0.rHat <= Self.mixed) }
        if apart > 0 {
            texts.append("R-hat of \(Self.quantities(apart)) is above \(Self.mixed): their chains have not mixed.")
        }
        if drawn < all.count {
            texts.append("\(Self.quantities(all.count - drawn)) \(all.count - drawn == 1 ? "is" : "are") not drawn.")
        }
        if posterior.chains > Self.mostChains {
            texts.append("The first \(Self.mostChains) chains are drawn.")
        }
        return texts.joined(separator: " ")
    }

    private static func quantities(_ count: Int) -> String {
        "\(Readable.count(count)) \(count == 1 ? "quantity" : "quantities")"
    }

    private func legend(_ posterior: PosteriorDraws) -> String {
        let items = (0..<min(posterior.chains, Self.mostChains)).map {
            "<span><i class=\"key c\($0)\"></i>chain \($0 + 1)</span>"
        }
        return items.count > 1 ? "<div class=\"legend\">\(items.joined())</div>\n" : ""
    }

    private func picture(_ quantity: PosteriorDraws.Quantity) -> String {
        let chains = quantity.chains.prefix(Self.mostChains).map { $0.map(Double.init) }
        let pooled = quantity.chains.joined().filter(\.isFinite).map(Double.init).sorted()
        guard let least = pooled.first else { return "" }
        func quantile(_ share: Double) -> Double { pooled[min(pooled.count - 1, Int(share * Double(pooled.count)))] }
        let (low, high) = (quantile(0.001), quantile(0.999))
        let densities = chains.enumerated().map { index, values in
            let known = values.filter(\.isFinite)
            return LineChart.Curve(
                label: "chain \(index + 1)", color: index, style: .main,
                points: CurvePoints(points: low < high ? DensityCurve(known, in: low...high).points : [(least, 1)]))
        }
        let traces = chains.enumerated().map { index, values in
            LineChart.Curve(
                label: "chain \(index + 1)", color: index, style: .trace,
                points: CurvePoints(
                    points: values.enumerated().filter(\.element.isFinite).map { (Double($0.offset + 1), $0.element) }))
        }
        let marks = [quantity.low, quantity.mean, quantity.high].filter { (low...high).contains($0) }
        let charts = [
            LineChart(
                x: quantity.name, y: "density", isPercent: false, isLinear: true, curves: densities, marks: marks,
                height: 170),
            LineChart(
                x: "draw", y: quantity.name, isPercent: false, isLinear: true, curves: traces, height: 170),
        ]
        let figures = charts.compactMap(\.svg).map { "<figure>\($0)</figure>" }
        return "<h3>\(HTML.escape(quantity.name)): \(HTML.escape(Self.numbers(quantity)))</h3>\n"
            + "<div class=\"pair\">\(figures.joined())</div>\n"
    }

    private static func numbers(_ quantity: PosteriorDraws.Quantity) -> String {
        "mean \(Readable.significant(quantity.mean)), sd \(Readable.significant(quantity.deviation)), 90 % from \(Readable.significant(quantity.low)) to \(Readable.significant(quantity.high)); R-hat \(rHat(quantity.rHat)), ESS \(Readable.rate(quantity.bulkESS)) bulk, \(Readable.rate(quantity.tailESS)) tail"
    }

    private static func rHat(_ value: Double) -> String { Readable.number(value, "%.3f") }

    private func table(_ posterior: PosteriorDraws) -> String {
        let rows = posterior.quantities.prefix(Self.mostRows).map { quantity in
            [
                quantity.name, Readable.significant(quantity.mean), Readable.significant(quantity.deviation),
                Readable.significant(quantity.low),
                Readable.significant(quantity.median), Readable.significant(quantity.high), Self.rHat(quantity.rHat),
                Readable.rate(quantity.bulkESS), Readable.rate(quantity.tailESS),
            ]
        }
        let more = posterior.quantities.count - rows.count
        return "<h3>All quantities</h3>\n"
            + HTML.table(
                ["quantity", "mean", "sd", "5 %", "median", "95 %", "R-hat", "ESS bulk", "ESS tail"], Array(rows),
                isSortable: true)
            + HTML.note(more > 0 ? "and \(Self.quantities(more)) more: see posterior/summary.csv" : "")
    }
}
