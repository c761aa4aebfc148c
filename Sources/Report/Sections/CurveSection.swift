import Foundation
import Messages
import RunRecords

/// The curves of runs over steps, epochs and time.
struct CurveSection {
    let runs: [ReportedRun]

    private enum Axis: String, CaseIterable { case step, epoch, time }

    /// A chart's content: what each run recorded of it.
    private struct Quantity: Hashable {
        let title: String
        var isPercent = false
        /// Whether it is one of the many scores of a classification, which are shown on demand.
        var isFurther = false
    }

    /// One series of a run: values with the index of their record.
    private struct Series {
        let run: Int
        /// Such as `training`; empty where the chart has one series a run.
        let part: String
        let values: [(record: Int, step: Int, value: Double)]
        let isNoisy: Bool
    }

    var html: String {
        let charts = collect()
        guard !charts.isEmpty else { return "" }
        let clocks = runs.map { RunClock($0.history.steps) }
        let seconds = runs.map { RunClock.seconds($0.history) }
        let longest = seconds.compactMap { $0?.last }.max() ?? 0
        let unit: (name: String, seconds: Double) =
            longest < 180 ? ("s", 1) : longest < 10_800 ? ("min", 60) : ("h", 3600)
        func place(_ axis: Axis, _ series: Series, _ record: Int, _ step: Int) -> Double? {
            switch axis {
            case .step: Double(step)
            case .epoch: clocks[series.run].epochs(afterSteps: step)
            case .time: seconds[series.run].map { $0[record] / unit.seconds }
            }
        }
        let names = [Axis.step: "step", .epoch: "epoch", .time: "time (\(unit.name))"]
        var shown: Set<Axis> = []
        var (omitted, hasMeans) = (0, false)
        let figures = charts.map { quantity, series -> String in
            omitted += series.reduce(0) { $0 + $1.values.count { !$0.value.isFinite } }
            let pictures = Axis.allCases.compactMap { axis -> String? in
                let curves = series.flatMap { series -> [LineChart.Curve] in
                    let points = CurvePoints(
                        points: series.values.filter(\.value.isFinite).compactMap { value in
                            place(axis, series, value.record, value.step).map {
                                ($0, quantity.isPercent ? 100 * value.value : value.value)
                            }
                        })
                    let curves = self.curves(series, points)
                    hasMeans = hasMeans || curves.count > 1
                    return curves
                }
                guard
                    let svg = LineChart(
                        x: names[axis] ?? "", y: title(quantity, series), isPercent: quantity.isPercent,
                        outliers: quantity.title == "learning rate" ? 10 : 20, curves: curves
                    ).svg
                else { return nil }
                shown.insert(axis)
                return "<div class=\"on-\(axis.rawValue)\">\(svg)</div>"
            }
            return pictures.isEmpty ? "" : "<figure>\(legend(series))\(pictures.joined())</figure>\n"
        }
        func grid(isFurther: Bool) -> String {
            let chosen = zip(charts, figures).filter { $0.0.quantity.isFurther == isFurther }.map(\.1)
            return chosen.joined().isEmpty ? "" : "<div class=\"charts\">\n\(chosen.joined())</div>\n"
        }
        let choices = Axis.allCases.filter(shown.contains).map { axis in
            "<input type=\"radio\" name=\"axis\" id=\"by-\(axis.rawValue)\"\(axis == .step ? " checked" : "")><label for=\"by-\(axis.rawValue)\">by \(axis.rawValue)</label>"
        }
        return HTML.section(
            "Curves",
            RunLegend.html(runs) + choices.joined(separator: "\n") + grid(isFurther: false)
                + HTML.details("Further scores", grid(isFurther: true)) + HTML.note(notes(omitted, hasMeans: hasMeans)))
    }

    /// The title of a chart: with the part that it is of, where it is of one.
    private func title(_ quantity: Quantity, _ series: [Series]) -> String {
        Set(series.map(\.part)) == ["test"] ? "test " + quantity.title : quantity.title
    }

    private func notes(_ omitted: Int, hasMeans: Bool) -> String {
        let thinned = runs.filter { $0.history.recordedSteps > $0.history.steps.count }.map {
            "\($0.name): \(Readable.count($0.history.steps.count)) of \(Readable.count($0.history.recordedSteps, of: "recorded step")) are drawn"
        }
        let parts =
            [
                hasMeans
                    ? "Values of single batches are shown faint, with their moving mean over a thirtieth of the curve."
                    : "",
                omitted > 0
                    ? "\(Readable.count(omitted, of: "value")) that \(omitted == 1 ? "is" : "are") not finite \(omitted == 1 ? "is" : "are") not drawn."
                    : "",
            ] + thinned.map { $0 + "." }
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The curves of one series: of a noisy one a faint one and its mean.
    private func curves(_ series: Series, _ points: CurvePoints) -> [LineChart.Curve] {
        let (part, isSecond) = (series.part, series.part == "training")
        let color = runs.count > 1 ? series.run : isSecond ? 1 : 0
        let label = [runs.count > 1 ? runs[series.run].name : "", part].filter { !$0.isEmpty }.joined(separator: ", ")
        let style: LineChart.Style = isSecond && runs.count > 1 ? .second : .main
        guard series.isNoisy, let smooth = points.smoothed else {
            return [.init(label: label, color: color, style: style, points: points)]
        }
        return [
            .init(label: label, color: color, style: .faint, points: points),
            .init(label: label + " (mean)", color: color, style: style, points: smooth),
        ]
    }

    private func legend(_ series: [Series]) -> String {
        let parts = series.map(\.part).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        guard parts.count > 1 else { return "" }
        let items = parts.map { part in
            let mark = runs.count > 1 ? (part == "training" ? "dash" : "solid") : "c\(part == "training" ? 1 : 0)"
            return "<span><i class=\"key \(mark)\"></i>\(HTML.escape(part))</span>"
        }
        return "<div class=\"legend\">\(items.joined())</div>"
    }

    /// The charts in their order, each with its series; of constants, such as a fixed learning rate, too.
    private func collect() -> [(quantity: Quantity, series: [Series])] {
        var order: [Quantity] = []
        var series: [Quantity: [String: [Int: [(record: Int, step: Int, value: Double)]]]] = [:]
        func add(_ quantity: Quantity, _ part: String, _ run: Int, _ record: Int, _ step: Int, _ value: Double?) {
            guard let value else { return }
            if series[quantity] == nil { order.append(quantity) }
            series[quantity, default: [:]][part, default: [:]][run, default: []].append((record, step, value))
        }
        func score(_ name: String) -> Quantity {
            Quantity(
                title: name.replacing("_", with: " "), isPercent: name == "accuracy" || name.hasSuffix("_accuracy"))
        }
        for (number, run) in runs.enumerated() {
            for (index, record) in run.history.records.enumerated() {
                switch record.record {
                case .step(let report):
                    add(score("loss"), "training", number, index, report.step, report.loss)
                    for (name, value) in report.metrics.sorted(by: { $0.key < $1.key })
                    where name != "environment_steps" {
                        // an axis of the returns
                        add(score(name), "training", number, index, report.step, value)
                    }
                case .evaluation(let report):
                    // as on the screen, of the scores of a classification one is shown, the others on demand
                    let isClassification = report.values["f1_macro"] != nil
                    for (name, value) in report.values.sorted(by: { $0.key < $1.key }) {
                        var quantity = score(name)
                        quantity.isFurther = isClassification && !["loss", "accuracy", "f1_macro"].contains(name)
                        add(quantity, "test", number, index, report.step, value)
                    }
                default: break
                }
            }
            for (index, record) in run.history.records.enumerated() {
                guard case .step(let report) = record.record else { continue }
                add(Quantity(title: "learning rate"), "", number, index, report.step, report.learningRate)
                add(Quantity(title: "gradient norm"), "training", number, index, report.step, report.gradientNorm)
                add(Quantity(title: "throughput (samples/s)"), "", number, index, report.step, report.samplesPerSecond)
            }
        }
        // losses and accuracy first, the many scores of a classification after them
        let first = ["loss", "accuracy"]
        let ranked = order.enumerated().sorted {
            (first.firstIndex(of: $0.element.title) ?? first.count, $0.offset)
                < (first.firstIndex(of: $1.element.title) ?? first.count, $1.offset)
        }.map(\.element)
        return ranked.map { quantity in
            let parts = series[quantity] ?? [:]
            return (
                quantity,
                parts.keys.sorted().reversed().flatMap { part in
                    (parts[part] ?? [:]).sorted { $0.key < $1.key }.map {
                        Series(run: $0.key, part: part, values: $0.value, isNoisy: part == "training")
                    }
                }
            )
        }
    }
}
