import Foundation
import Messages
import RunRecords

/// The parts of a report that are tables of runs.
struct RunSections {
    let runs: [ReportedRun]

    /// The figures of each run, in a table with a column a run.
    var overview: String {
        let summaries = runs.map(\.history.summary)
        func row(_ title: String, _ value: (ReportedRun, RunSummary?) -> String?) -> [String]? {
            let values = zip(runs, summaries).map { value($0, $1) }
            return values.contains { $0 != nil } ? [title] + values.map { $0 ?? "–" } : nil
        }
        let known = Set(runs.flatMap { ($0.history.evaluations.last?.values ?? [:]).keys })
        // as on the screen, of the scores of a classification one is shown
        let names = known.contains("f1_macro") ? ["f1_macro"] : known.subtracting(["loss", "accuracy"])
        var rows = [
            row("state") { run, _ in state(run.history) },
            row("recipe") { run, _ in run.history.manifest?.recipe },
            row("data") { run, _ in run.history.manifest?.starts.last?.data },
            row("test accuracy") { run, _ in run.history.evaluations.last?.accuracy.map { Readable.percent($0) } },
            row("test loss") { run, _ in (run.history.evaluations.last?.loss).map(Readable.loss) },
        ]
        rows += names.sorted().map { name in
            row("test " + name.replacing("_", with: " ")) { run, _ in
                (run.history.evaluations.last?.values[name]).map(Readable.loss)
            }
        }
        rows += [
            row("training loss") { run, _ in
                (run.history.evaluations.last?.trainingLoss ?? run.history.steps.last?.loss).map(Readable.loss)
            },
            row("steps") { run, _ in run.history.steps.last.map { Readable.count($0.step) } },
            row("epochs") { run, _ in run.history.steps.last.map { Readable.count($0.epoch) } },
            row("time") { run, summary in
                (summary?.runSeconds ?? RunClock.seconds(run.history)?.last ?? summary?.seconds).map {
                    Readable.duration($0)
                }
            },
            row("throughput") { run, summary in
                (summary?.samplesPerSecond ?? run.history.steps.last?.samplesPerSecond)
                    .map { "\(Readable.rate($0)) samples/s" }
            },
            row("ranks") { run, _ in
                run.history.manifest?.starts.last.map { "\($0.ranks) × \(Readable.count($0.threads, of: "thread"))" }
            },
            row("time spent waiting") { _, summary in
                summary?.communicationShare.map { Readable.percent($0, decimals: 1) }
            },
            row("peak memory of a rank") { _, summary in summary?.peakMemoryBytes.max().map(Readable.memory) },
            row("seed, shards") { run, _ in run.history.manifest.map { "\($0.seed), \($0.shards)" } },
            row("version") { run, _ in
                run.history.manifest?.starts.last.map { $0.version + ($0.revision.map { " (\($0.prefix(12)))" } ?? "") }
            },
        ]
        let head = runs.count > 1 ? [""] + runs.map(\.name) : ["", "run"]
        return HTML.table(head, rows.compactMap { $0 }, texts: .max)
    }

    private func state(_ history: RunHistory) -> String {
        if let summary = history.summary {
            return summary.stoppedEarly.map { "stopped early: \($0)" } ?? "complete"
        }
        guard let last = history.records.last else { return "nothing recorded" }
        if case .interruption(let report) = last.record {
            return "interrupted by \(report.signal) after step \(Readable.count(report.step))"
        }
        let time = last.time.map { ", last record \($0.formatted(.iso8601))" } ?? ""
        return "not complete\(time)"
    }

    /// The settings that differ, or of one run those that were chosen; all of them on demand.
    var settings: String {
        let keys = runs.flatMap { $0.settings.map(\.key) }.reduce(into: [String]()) { keys, key in
            if !keys.contains(key) { keys.append(key) }
        }
        let values = runs.map { run in Dictionary(run.settings.map { ($0.key, $0.value) }) { first, _ in first } }
        func rows(_ keys: [String]) -> [[String]] { keys.map { key in [key] + values.map { $0[key] ?? "–" } } }
        let head = ["setting"] + (runs.count > 1 ? runs.map(\.name) : ["value"])
        let differing = keys.filter { key in Set(values.map { $0[key] }).count > 1 }
        let shown = runs.count > 1 ? differing : keys.filter { runs[0].chosen.contains($0) }
        let nothing = runs.count > 1 ? "All settings are equal." : "All settings are those of the recipe."
        guard !keys.isEmpty else { return "" }
        return HTML.section(
            runs.count > 1 ? "Settings that differ" : "Settings that were chosen",
            (shown.isEmpty ? HTML.note(nothing) : HTML.table(head, rows(shown), texts: .max))
                + HTML.details(
                    "All \(Readable.count(keys.count, of: "setting"))", HTML.table(head, rows(keys), texts: .max)))
    }

    /// Where the time of a step, and of the whole run, went.
    var time: String {
        let phases: [(String, KeyPath<StepReport, Double?>)] = [
            ("waiting for data", \.dataMilliseconds), ("forward", \.forwardMilliseconds),
            ("backward, with packing of gradients", \.backwardMilliseconds),
            ("waiting for communication", \.exposedCommunicationMilliseconds), ("optimizer", \.optimizerMilliseconds),
        ]
        let bars = runs.compactMap { run -> (name: String, sizes: [Double])? in
            // the first record has the time in which primitives are made
            let all = run.history.steps
            let steps = all.count > 3 ? Array(all.dropFirst()) : all
            let timed = steps.filter { ($0.samplesPerSecond ?? 0) > 0 && $0.step > 0 }
            guard !timed.isEmpty else { return nil }
            func mean(_ value: (StepReport) -> Double?) -> Double {
                timed.reduce(0) { $0 + (value($1) ?? 0) } / Double(timed.count)
            }
            let sizes = phases.map { _, path in mean { $0[keyPath: path] } }
            let total = mean { Double($0.samples) / Double($0.step) / ($0.samplesPerSecond ?? 1) * 1000 }
            return (run.name, sizes + [max(0, total - sizes.reduce(0, +))])
        }
        let steps = StackedBars(
            parts: phases.map(\.0) + ["other"], bars: bars, unit: "ms per step"
        ) { $0 >= 100 ? String(format: "%.0f", $0) : $0 >= 1 ? String(format: "%.1f", $0) : String(format: "%.2f", $0) }
        .html
        let hidden = runs.compactMap { run -> String? in
            let values = run.history.steps.compactMap(\.hiddenCommunicationMilliseconds).filter { $0 > 0 }
            guard !values.isEmpty else { return nil }
            let mean = values.reduce(0, +) / Double(values.count)
            return (runs.count > 1 ? "\(run.name): " : "")
                + "\(String(format: "%.2f", mean)) ms of communication per step ran on another thread during the backward pass."
        }
        let whole = StackedBars(
            parts: ["training steps", "waiting for checkpoints", "evaluation, loading and other"],
            bars: runs.compactMap(wholeRun), unit: "s"
        ) { String(format: "%.1f", $0) }.html
        return HTML.section(
            "Where the time went",
            (steps.isEmpty ? "" : "<h3>A step</h3>\n" + steps)
                + HTML.note((hidden + (steps.isEmpty ? [] : ["Means on rank 0."])).joined(separator: " "))
                + (whole.isEmpty ? "" : "<h3>The whole run</h3>\n" + whole))
    }

    private func wholeRun(_ run: ReportedRun) -> (name: String, sizes: [Double])? {
        guard let total = RunClock.seconds(run.history)?.last, total > 0 else { return nil }
        var (training, saving, samples) = (0.0, 0.0, 0)
        for record in run.history.records {
            switch record.record {
            case .step(let report):
                if let rate = report.samplesPerSecond, rate > 0, report.samples > samples {
                    training += Double(report.samples - samples) / rate
                }
                samples = report.samples
            case .checkpoint(let report): saving += report.milliseconds / 1000
            default: break
            }
        }
        guard training > 0 else { return nil }
        return (run.name, [training, saving, max(0, total - training - saving)])
    }

    /// Hosts with their ranks, processors and pace.
    var hosts: String {
        let tables = runs.map { run -> String in
            guard let start = run.history.manifest?.starts.last else { return "" }
            let memory = run.history.summary?.peakMemoryBytes ?? []
            let pace = run.history.summary?.stragglers ?? []
            let names = start.placement?.map(\.host) ?? start.hosts
            let rows = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.map {
                host -> [String] in
                let ranks = (start.placement ?? []).filter { $0.host == host }
                func distinct(_ values: [String?]) -> String { Set(values.compactMap { $0 }).sorted().listed(limit: 3) }
                let slowest = pace.filter { $0.host == host }.max { $0.timeByMedian < $1.timeByMedian }
                let most = ranks.compactMap { memory.indices.contains($0.rank) ? memory[$0.rank] : nil }.max()
                return [
                    host, ranks.isEmpty ? "–" : RankList.text(ranks.map(\.rank)), distinct(ranks.map(\.cores)),
                    distinct(ranks.map { "\($0.threads)" }), distinct(ranks.map(\.processor)),
                    distinct(ranks.map(\.instructionSet)), most.map(Readable.memory) ?? "–",
                    slowest.map { "rank \($0.rank): \($0.timeByMedian.shortened)" } ?? "–",
                ]
            }
            let head = [
                "host", "ranks", "cores of a rank", "threads", "processor", "instructions", "peak memory",
                "slowest, by the median",
            ]
            return (runs.count > 1 ? "<h3>\(HTML.escape(run.name))</h3>" : "") + HTML.table(head, rows, texts: .max)
        }
        return HTML.section("Hosts", tables.joined())
    }
}
