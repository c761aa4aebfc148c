import Foundation
import Messages
import RunRecords

/// The parts of a report about one run: its starts and faults, its checkpoints, its pictures.
struct EventSections {
    let run: ReportedRun

    private var history: RunHistory { run.history }

    /// Starts, interruptions, skipped steps and failed saves, in their order.
    var faults: String {
        var rows: [[String]] = []
        for (number, start) in (history.manifest?.starts ?? []).enumerated() {
            let ranks = "\(Readable.count(start.ranks, of: "rank")) on \(start.hosts.listed(limit: 5))"
            let changed = start.changed.map { "; changed: \($0.listed())" } ?? ""
            rows.append([
                start.started, Readable.count(start.step), number == 0 ? "started" : "resumed", ranks + changed,
            ])
        }
        for timed in history.records {
            let time = timed.time?.formatted(.iso8601) ?? ""
            switch timed.record {
            case .interruption(let report):
                let saved = report.checkpoint.map { "saved \($0)" } ?? "nothing saved"
                rows.append([time, Readable.count(report.step), "interrupted by \(report.signal)", saved])
            case .skip(let report):
                let found = [report.finding, report.place, report.replay.map { "replay \($0)" }].compactMap { $0 }
                rows.append([time, Readable.count(report.step), "step skipped", found.joined(separator: "; ")])
            case .diagnosis(let report):
                rows += report.warnings.map { [time, Readable.count(report.step), "warning", $0] }
            case .summary(let summary):
                if let failed = summary.failedSaves, failed > 0 {
                    rows.append([
                        time, Readable.count(summary.step), "saves failed",
                        "\(Readable.count(failed)), made up for by later ones",
                    ])
                }
            default: break
            }
        }
        // ISO 8601 in UTC sorts as time does; records of earlier versions have none
        let sorted = rows.enumerated().sorted { ($0.element[0], $0.offset) < ($1.element[0], $1.offset) }.map(\.element)
        let most = 200
        let more =
            sorted.count > most ? HTML.note("and \(Readable.count(sorted.count - most)) more: see metrics.jsonl") : ""
        return HTML.table(["time (UTC)", "after step", "what", ""], Array(sorted.prefix(most)), texts: .max) + more
            + (history.unreadableLines > 0
                ? HTML.note(
                    "\(Readable.count(history.unreadableLines, of: "line")) of metrics.jsonl \(history.unreadableLines == 1 ? "is" : "are") no record of this version."
                ) : "")
    }

    /// The checkpoints that there are, with how long they took.
    var checkpoints: String {
        var reports: [Int: CheckpointReport] = [:]
        for case .checkpoint(let report) in history.records.map(\.record) { reports[report.step] = report }
        let scores = Dictionary(history.evaluations.map { ($0.step, $0) }) { $1 }
        let most = 50
        let rows = history.checkpoints.suffix(most).map { step in
            let report = reports[step]
            return [
                Readable.count(step) + (step == history.bestCheckpoint ? " (best)" : ""),
                scores[step].map { Readable.loss($0.loss) } ?? "–",
                report.map { String(format: "%.0f ms", $0.milliseconds) } ?? "–",
                (report?.writingMilliseconds).map { String(format: "%.0f ms", $0) } ?? "–",
            ]
        }
        let gone = reports.keys.count { !history.checkpoints.contains($0) }
        let notes = [
            history.checkpoints.count > most
                ? "Of \(Readable.count(history.checkpoints.count)) the last \(most) are shown." : "",
            gone > 0
                ? "\(Readable.count(gone)) earlier \(gone == 1 ? "one was" : "ones were") removed (checkpoint.keep)."
                : "",
        ]
        return HTML.table(["step", "test loss", "training waited", "written beside it in"], rows)
            + HTML.note(notes.filter { !$0.isEmpty }.joined(separator: " "))
    }

    /// The most pictures and bytes of them that a page takes in.
    private static let (mostPictures, mostBytes) = (12, 8 << 20)

    /// Pictures of samples: the first, the last, and some between.
    var samples: String {
        let all = history.samples
        let count = min(all.count, Self.mostPictures)
        let chosen = (0..<count).map { all[count > 1 ? $0 * (all.count - 1) / (count - 1) : 0] }
        var (figures, bytes, damaged) = ("", 0, 0)
        for sample in chosen {
            guard let data = try? FileContents.read(sample.path, limit: Self.mostBytes), PNGPicture(Array(data)) != nil,
                bytes + data.count <= Self.mostBytes
            else {
                damaged += 1
                continue
            }
            bytes += data.count
            figures +=
                "<figure><img alt=\"\(HTML.escape(sample.name)) after step \(sample.step)\" src=\"data:image/png;base64,\(data.base64EncodedString())\"><figcaption>\(HTML.escape(sample.name)) after step \(Readable.count(sample.step))</figcaption></figure>\n"
        }
        guard !all.isEmpty else { return "" }
        let notes = [
            all.count > count ? "\(count) of \(Readable.count(all.count)) sheets, evenly spaced." : "",
            damaged > 0
                ? "\(Readable.count(damaged, of: "picture")) left out: no PNG file, or together above \(Readable.bytes(Self.mostBytes))."
                : "",
        ]
        return "<div class=\"samples\">\(figures)</div>"
            + HTML.note(notes.filter { !$0.isEmpty }.joined(separator: " "))
    }
}
