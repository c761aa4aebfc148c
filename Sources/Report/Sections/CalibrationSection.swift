import Foundation
import Messages
import Probability
import RunRecords

/// How far predicted probabilities are to be trusted: reliability diagrams of classifiers, and the coverage of predictive
/// intervals.
struct CalibrationSection {
    let runs: [ReportedRun]

    var html: String {
        let diagrams = runs.map(diagram).joined()
        let charts = diagrams + coverage
        guard !charts.isEmpty else { return "" }
        let legend =
            diagrams.isEmpty
            ? ""
            : "<div class=\"legend\"><span><i class=\"key right\"></i>accuracy</span>"
                + "<span><i class=\"key c1\"></i>mean confidence</span>"
                + "<span><i class=\"key line\"></i>perfect calibration</span></div>"
        return HTML.section("Calibration", legend + "<div class=\"charts few\">\n\(charts)</div>\n" + tables)
    }

    private func title(_ run: ReportedRun) -> String { runs.count > 1 ? run.name + ": " : "" }

    private func diagram(_ run: ReportedRun) -> String {
        guard let report = run.calibration, report.predictions > 0 else { return "" }
        let diagram = ReliabilityDiagram(
            sums: report.bins.flatMap { bin in
                [Double(bin.count), Double(bin.count) * bin.confidence, Double(bin.correct)]
            })
        let caption =
            "\(title(run))After step \(Readable.count(report.step)): expected calibration error (ECE) \(Readable.percent(diagram.expectedCalibrationError)), largest of a bin \(Readable.percent(diagram.maximumCalibrationError)), \(Readable.count(report.predictions, of: "prediction"))"
        return
            "<figure>\(ReliabilityChart(bins: report.bins).svg)<figcaption>\(HTML.escape(caption))</figcaption></figure>\n"
    }

    private var tables: String {
        let tables = runs.map { run -> String in
            guard let report = run.calibration, report.predictions > 0 else { return "" }
            let rows = report.bins.enumerated().compactMap { index, bin in
                bin.accuracy.map {
                    [
                        ReliabilityChart.range(index, of: report.bins.count), Readable.count(bin.count),
                        Readable.percent(bin.confidence), Readable.percent($0),
                    ]
                }
            }
            return (runs.count > 1 ? "<h3>\(HTML.escape(run.name))</h3>" : "")
                + HTML.table(["confidence", "predictions", "mean confidence", "accuracy"], rows)
        }
        return HTML.details("Bins", tables.joined())
    }

    /// Shares of targets within predictive intervals, over the probabilities of these.
    private var coverage: String {
        let curves = runs.enumerated().compactMap { index, run -> LineChart.Curve? in
            let found = (run.history.evaluations.last?.metrics ?? [:]).compactMap { name, value -> (Double, Double)? in
                guard name.hasPrefix("coverage_"), let nominal = Double(name.dropFirst("coverage_".count)),
                    (0...100).contains(nominal), value.isFinite
                else { return nil }
                return (nominal, 100 * value)
            }
            guard found.count > 1 else { return nil }
            return LineChart.Curve(
                label: run.name, color: runs.count > 1 ? index : 0, style: .main,
                points: CurvePoints(points: found.sorted { $0.0 < $1.0 }))
        }
        guard let first = curves.flatMap({ $0.points.points.map(\.x) }).min() else { return "" }
        let diagonal = LineChart.Curve(
            label: "as predicted", color: 0, style: .reference,
            points: CurvePoints(points: [(first, first), (100, 100)]))
        let chart = LineChart(
            x: "probability of the predictive interval (%)", y: "test targets within it", isPercent: true,
            curves: curves + [diagonal])
        guard let svg = chart.svg else { return "" }
        return "<figure>" + RunLegend.html(runs)
            + "<div class=\"legend\"><span><i class=\"key line\"></i>as predicted</span></div>\(svg)</figure>\n"
    }
}
