import Foundation
import Report
import RunRecords
import TestSupport

/// A run of some records, in a folder of its own.
struct RecordedRun {
    private let folder: TemporaryFolder
    let run: ReportedRun

    /// Records of steps and evaluations, with what else the run has.
    init(
        _ name: String, _ records: [MetricsRecord] = [], calibration: CalibrationReport? = nil,
        posterior: PosteriorDraws? = nil
    ) throws {
        folder = try TemporaryFolder()
        let lines = records.map { $0.line + "\n" }.joined()
        try folder.createFolder("run")
        try folder.write(lines.utf8, to: "run/metrics.jsonl")
        run = ReportedRun(
            name: name, history: try RunHistory(path: folder("run")), calibration: calibration, posterior: posterior)
    }

    /// A step of 10 samples with these metrics.
    static func step(_ step: Int, loss: Double = 1, _ metrics: [String: Double]) -> MetricsRecord {
        .step(StepReport(step: step, epoch: 1, samples: 10 * step, loss: loss, metrics: metrics, learningRate: 0.1))
    }

    static func evaluation(_ step: Int, _ metrics: [String: Double]) -> MetricsRecord {
        .evaluation(EvaluationReport(step: step, epoch: 1, samples: 50, loss: 1, metrics: metrics))
    }

    /// The section `title` of a page; empty where there is none.
    static func section(_ title: String, of html: String) -> String {
        let parts = html.components(separatedBy: "<h2>\(title)</h2>")
        return parts.count < 2 ? "" : parts[1].components(separatedBy: "</section>")[0]
    }

    /// The points of the curves of a chart, as they are drawn, by the label.
    static func curves(_ html: String) -> [String: [(x: Double, y: Double)]] {
        var curves: [String: [(x: Double, y: Double)]] = [:]
        for match in html.matches(of: /<title>([^<]*)<\/title><polyline points="([^"]*)"/) {
            curves[String(match.1)] = match.2.split(separator: " ").map { point in
                let numbers = point.split(separator: ",").map { Double($0) ?? .nan }
                return (numbers[0], numbers[1])
            }
        }
        return curves
    }
}
