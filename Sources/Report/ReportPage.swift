public import Foundation
import Messages
import RunRecords

/// A report on runs and searches: one HTML page that needs no other file and no network.
public struct ReportPage: Sendable {
    private let runs: [ReportedRun]
    private let searches: [ReportedSearch]
    private let date: Date

    /// A report made at `date`; the runs are compared in their order.
    public init(runs: [ReportedRun], searches: [ReportedSearch] = [], date: Date = Date()) {
        (self.runs, self.searches, self.date) = (runs, searches, date)
    }

    /// The page.
    public var html: String {
        let names = runs.map(\.name) + searches.map(\.name)
        let title =
            names.count == 1 ? names[0] : runs.isEmpty ? "\(names.count) searches" : "Comparison of \(names.count) runs"
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(HTML.escape(title))</title>
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none';img-src data:;style-src 'unsafe-inline';script-src 'unsafe-inline'">
            <style>
            \(Stylesheet.text)
            </style></head><body>
            <header><h1>\(HTML.escape(title))</h1><p>\(HTML.escape(names.count > 1 ? names.listed(limit: 20) + " · " : ""))\
            \(HTML.escape(date.formatted(.iso8601)))</p></header>
            \(tiles)\(sections)
            <script>
            \(Script.text)
            </script></body></html>

            """
    }

    /// The figures that a reader looks for first.
    private var tiles: String {
        guard runs.count == 1, searches.isEmpty, let run = runs.first else { return "" }
        let (summary, evaluation) = (run.history.summary, run.history.evaluations.last)
        let seconds = summary?.runSeconds ?? RunClock.seconds(run.history)?.last ?? summary?.seconds
        let figures: [(String, String?)] = [
            ("test accuracy", evaluation?.accuracy.map { Readable.percent($0) }),
            ("test loss", (evaluation?.loss).map(Readable.loss)),
            ("training loss", (evaluation?.trainingLoss ?? run.history.steps.last?.loss).map(Readable.loss)),
            ("steps", run.history.steps.last.map { Readable.count($0.step) }),
            ("epochs", run.history.steps.last.map { Readable.count($0.epoch) }),
            ("time", seconds.map { Readable.duration($0) }),
            ("samples/s", summary.map { Readable.rate($0.samplesPerSecond) }),
            ("ranks", run.history.manifest?.starts.last.map { Readable.count($0.ranks) }),
        ]
        let shown = figures.compactMap { name, value in
            value.map { "<div><b>\(HTML.escape($0))</b><span>\(name)</span></div>" }
        }
        return "<div class=\"tiles\">\(shown.joined())</div>\n"
    }

    private var sections: String {
        var text = ""
        if !runs.isEmpty {
            let tables = RunSections(runs: runs)
            text = runs.count > 1 ? HTML.section("Overview", tables.overview) : ""
            text += ReturnSection(runs: runs).html
            text += perRun("Posterior") { PosteriorSection(run: $0).html }
            text += CurveSection(runs: runs).html
            text += perRun("Samples") { EventSections(run: $0).samples }
            text += CalibrationSection(runs: runs).html
            text += perRun("Confusion matrix") { ConfusionSection(run: $0).html }
            text += tables.settings + tables.time + tables.hosts
            text += perRun("Starts and faults") { EventSections(run: $0).faults }
            text += perRun("Checkpoints") { EventSections(run: $0).checkpoints }
            if runs.count == 1 { text += HTML.section("Figures", tables.overview) }
        }
        return text + searches.map { SearchSection(search: $0).html }.joined()
    }

    /// A section with a part for each run that has one.
    private func perRun(_ title: String, _ part: (ReportedRun) -> String) -> String {
        let parts = runs.map { run in
            let content = part(run)
            return content.isEmpty || runs.count == 1 ? content : "<h3>\(HTML.escape(run.name))</h3>\n" + content
        }
        return HTML.section(title, parts.joined())
    }
}
