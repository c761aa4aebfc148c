import Foundation
import Report
import RunRecords
import TestSupport
import Testing

@Suite("The page of a report")
struct ReportPageTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A run of `steps` steps, one each second, an evaluation every 10, on two ranks.
    private func run(_ name: String, steps: Int = 100, rate: String = "0.1", extra: [MetricsRecord] = []) throws
        -> ReportedRun
    {
        try folder.createFolder(name)
        let start = Date(timeIntervalSince1970: 1_769_860_800)
        var manifest = Manifest(recipe: "digits", seed: 1, shards: 2, starts: [])
        manifest.starts.append(
            Manifest.Start(
                at: start, version: "0.1", revision: nil, commandLine: [], hosts: ["node1"], ranks: 2, threads: 1,
                libraries: [:]))
        try folder.write(manifest.json.utf8, to: "\(name)/manifest.json")
        var lines: [String] = []
        for step in 1...steps {
            var report = StepReport(
                step: step, epoch: (step + 9) / 10, samples: step * 10, loss: 2 / Double(step), learningRate: 0.1,
                samplesPerSecond: 20)
            (report.forwardMilliseconds, report.backwardMilliseconds) = (100, 200)
            lines.append(MetricsRecord.step(report).line(at: start + Double(step)))
            guard step % 10 == 0 else { continue }
            let scores = EvaluationReport(step: step, epoch: step / 10, samples: 5, loss: 0.5, accuracy: 0.8)
            lines.append(MetricsRecord.evaluation(scores).line(at: start + Double(step)))
        }
        lines += extra.map { $0.line(at: start + Double(steps)) }
        try folder.write((lines.joined(separator: "\n") + "\n").utf8, to: "\(name)/metrics.jsonl")
        return ReportedRun(
            name: name, history: try RunHistory(path: folder(name)),
            settings: [("seed", "1"), ("optimizer.learning_rate", rate)], chosen: ["optimizer.learning_rate"])
    }

    @Test("of one run has curves over steps, epochs and time, and tables")
    func one() throws {
        let html = ReportPage(runs: [try run("first")]).html
        for text in [
            "loss over step", "loss over epoch", "loss over time (s)", "test accuracy (%) over step",
            "learning rate over step", "Where the time went", "node1", "80.00 %", "Settings that were chosen",
        ] { #expect(html.contains(text), "\(text)") }
        // no chart of what was not recorded
        #expect(!html.contains("gradient norm"))
        #expect(!html.contains("Confusion matrix") && !html.contains("Samples") && !html.contains("Checkpoints"))
    }

    @Test("takes nothing from outside")
    func selfContained() throws {
        let html = ReportPage(runs: [try run("first")]).html
        for text in ["http:", "https:", "src=\"/", "@import", "url("] { #expect(!html.contains(text), "\(text)") }
        #expect(html.contains("default-src 'none'"))
    }

    @Test("of two runs compares them, and shows the settings that differ only")
    func two() throws {
        let html = ReportPage(runs: [try run("first"), try run("second", steps: 50, rate: "0.2")]).html
        #expect(html.contains("Comparison of 2 runs") && html.contains("Settings that differ"))
        let section = try #require(html.components(separatedBy: "Settings that differ").last)
        let table = try #require(section.components(separatedBy: "<details>").first)
        #expect(table.contains("optimizer.learning_rate") && table.contains("0.2") && !table.contains("seed"))
    }

    @Test("divides a step's time into its phases")
    func phases() throws {
        let html = ReportPage(runs: [try run("first")]).html
        // 10 samples at 20 per second are 500 ms a step, of which 100 forward and 200 backward
        for part in ["forward: 100 ms per step", "other: 200 ms per step"] {
            #expect(html.contains(part), "\(part)")
        }
        #expect(html.contains("backward, with packing of gradients: 200 ms per step"))
        #expect(!html.contains("optimizer: "))
    }

    @Test("escapes whatever a run's texts hold")
    func hostile() throws {
        let name = "<script>alert(1)</script>\"'&\u{202e}\u{1b}"
        var history = try run("plain")
        history = ReportedRun(
            name: name, history: history.history, settings: [(name, name)], chosen: [name],
            confusion: ConfusionMatrix(step: 7, classes: [name, "b"], counts: [[3, .max], [.max, 4]]))
        let html = ReportPage(runs: [history]).html
        #expect(!html.contains("<script>alert") && !html.contains("\u{202e}") && !html.contains("\u{1b}"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"))
    }

    @Test("tells of starts, interruptions, skipped steps and failed saves")
    func faults() throws {
        let skip = SkipReport(step: 40, epoch: 4, samples: 400, loss: .nan)
        let interruption = InterruptionReport(step: 50, epoch: 5, signal: "SIGTERM", checkpoint: "step-50")
        let html = ReportPage(runs: [try run("first", extra: [.skip(skip), .interruption(interruption)])]).html
        for text in ["started", "interrupted by SIGTERM", "saved step-50", "step skipped"] {
            #expect(html.contains(text), "\(text)")
        }
        #expect(html.contains("interrupted by SIGTERM after step 50"))
    }

    @Test("counts what cannot be drawn: values that are not finite, and lines that are no records")
    func counted() throws {
        let bad = StepReport(step: 101, epoch: 11, samples: 1010, loss: .nan, learningRate: 0.1)
        _ = try run("first", extra: [.step(bad)])
        try folder.write((try folder.text("first/metrics.jsonl") + "x\ny\n").utf8, to: "first/metrics.jsonl")
        let html = ReportPage(runs: [ReportedRun(name: "first", history: try RunHistory(path: folder("first")))]).html
        #expect(html.contains("1 value that is not finite is not drawn."))
        #expect(html.contains("2 lines of metrics.jsonl are no record of this version."))
    }

    @Test("of a run without records says so, and has no charts")
    func empty() throws {
        try folder.createFolder("empty")
        try folder.write([], to: "empty/metrics.jsonl")
        let html = ReportPage(runs: [ReportedRun(name: "empty", history: try RunHistory(path: folder("empty")))]).html
        #expect(html.contains("nothing recorded") && !html.contains("<svg"))
    }

    @Test("has the pictures of samples within it, and leaves out what is no picture, with a count")
    func samples() throws {
        _ = try run("first")
        try folder.createFolder("first/samples")
        // the smallest PNG that says it is one: signature and header of 2×1 gray pixels
        let picture: [UInt8] = [
            137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 2, 0, 0, 0, 1, 8, 0,
        ]
        try folder.write(picture, to: "first/samples/step-00000010-samples.png")
        try folder.write("no picture".utf8, to: "first/samples/step-00000020-samples.png")
        let html = ReportPage(runs: [ReportedRun(name: "first", history: try RunHistory(path: folder("first")))]).html
        #expect(html.contains("data:image/png;base64,\(Data(picture).base64EncodedString())"))
        #expect(html.contains("after step 10<") && html.contains("1 picture left out"))
    }

    @Test("of a search has every trial in a table, the best first, and parallel coordinates")
    func search() {
        let trials = (1...30).map { number in
            ReportedSearch.Trial(
                number: number, status: number == 30 ? "diverged" : "complete", reason: number == 30 ? "nan" : nil,
                values: [
                    "optimizer.learning_rate": "\(0.001 * Double(number * number))",
                    "model.name": number % 2 == 0 ? "mlp" : "cnn",
                ],
                objective: number == 30 ? nil : Double(number) / 10,
                scores: number == 30 ? [:] : ["loss": Double(number) / 10])
        }
        let search = ReportedSearch(
            name: "rates", keys: ["model.name", "optimizer.learning_rate"], metric: MetricName("loss"),
            objective: "final loss",
            trials: trials)
        let html = ReportPage(runs: [], searches: [search]).html
        #expect(html.components(separatedBy: "<polyline class=\"trial").count == 31)
        #expect(html.contains("class=\"trial best\"") && html.contains("1 without a result, dashed"))
        #expect(html.contains("less is better") && html.contains("class=\"sortable\""))
        #expect(html.components(separatedBy: "<tr><td").count == 31)
        // names and reasons are aligned as texts, numbers with a word among them as numbers
        #expect(html.contains("<th><button>model.name</button>") && html.contains("<th><button>reason</button>"))
        #expect(html.contains("<th class=\"n\"><button>final loss</button>"))
    }
}
