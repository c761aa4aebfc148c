import Checkpoints
import Communication
import Foundation
import Testing
import Timeline
import Training
import RunRecords
import TestSupport
import TrainingTestSupport

@Suite("The trace of a run")
struct TraceTests {
    /// An event of a trace file, times in nanoseconds.
    private struct Event {
        let name, kind, phase: String
        let rank, thread: Int
        let begin, end: Int
        let step: Int?

        init?(_ object: [String: Any]) {
            guard let name = object["name"] as? String, let phase = object["ph"] as? String,
                let rank = object["pid"] as? Int, let thread = object["tid"] as? Int
            else { return nil }
            (self.name, self.phase, self.rank, self.thread) = (name, phase, rank, thread)
            kind = object["cat"] as? String ?? ""
            func nanoseconds(_ key: String) -> Int { Int(((object[key] as? Double ?? 0) * 1000).rounded()) }
            begin = nanoseconds("ts")
            end = begin + nanoseconds("dur")
            step = (object["args"] as? [String: Any])?["step"] as? Int
        }
    }

    private func events(_ text: String) throws -> (events: [Event], labels: [String]) {
        let file = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let objects = try #require(file["traceEvents"] as? [[String: Any]])
        return (
            objects.compactMap(Event.init),
            objects.compactMap { ($0["args"] as? [String: Any])?["labels"] as? String }
        )
    }

    /// Evaluates and saves after step 4, in the span that is traced.
    private let values = [
        "shards=4", "epochs=2", "trace.steps=2-4", "checkpoint.every=4", "agreement.every=1", "model.name=normalized",
    ]

    @Test(
        "has all ranks, threads and kinds of events, each within the one around it, and changes no bit",
        arguments: ["automatic", "messages"])
    func whole(path: String) throws {
        let folder = try TrainingFolder([PointsRecipe()])
        let traced = try folder.train("traced", "points", ranks: 3, values + ["communication.path=\(path)"])
        let plain = try folder.train("plain", "points", ranks: 3, values + ["trace.steps=none"])
        #expect(traced.model == plain.model && traced.optimizer == plain.optimizer)
        #expect(!FileManager.default.fileExists(atPath: folder("plain") + "/trace.json"))

        let (events, labels) = try events(folder.text("traced", "trace.json"))
        for rank in 0..<3 {
            let own = events.filter { $0.rank == rank && $0.phase != "M" }
            #expect(Set(own.map(\.kind)) == Set(TimelineEvent.Kind.allCases.map(\.rawValue)), "rank \(rank)")
            #expect(own.filter { $0.kind == "step" }.map(\.name) == ["step 2", "step 3", "step 4"])
            #expect(own.contains { $0.name == "features.linear LinearTransform" })
            #expect(own.contains { $0.name == "head LinearTransform backward" })
            #expect(events.contains { $0.rank == rank && $0.name == "process_name" })
            for thread in Set(own.map(\.thread)) {
                // the longer of two that begin together is around the other
                let line = own.filter { $0.thread == thread && $0.phase == "X" }
                    .sorted { ($0.begin, -$0.end) < ($1.begin, -$1.end) }
                var around: [Event] = []
                for event in line {
                    while let last = around.last, last.end <= event.begin { around.removeLast() }
                    if let last = around.last {
                        #expect(event.end <= last.end, "\(event) in \(last)")
                    }
                    around.append(event)
                }
            }
            // what is done in a step stands within it
            for event in own where ["forward", "optimizer", "checkpoint"].contains(event.kind) {
                let step = try #require(own.first { $0.kind == "step" && $0.step == event.step })
                #expect(step.begin <= event.begin && event.end <= step.end)
            }
        }
        // the ranks are in a bucket's reduction at the same time, as far as the clocks are known
        let errors = labels.compactMap { $0.firstMatch(of: /clock ± (\d+) ns, 0 events dropped/).flatMap { Int($0.1) } }
        #expect(errors.count == 3 && errors[0] == 0)
        #expect(events.filter { $0.phase != "M" }.map(\.begin).min() == 0)
        let tolerance = 2 * (errors.max() ?? 0)
        let buckets = Dictionary(grouping: events.filter { $0.kind == "bucket" }) { "\($0.step ?? 0) \($0.name)" }
        #expect(buckets.count == 3 && buckets.values.allSatisfy { $0.count == 3 })
        if path == "messages" {
            for group in buckets.values {
                let (lastBegin, firstEnd) = (group.map(\.begin).max() ?? 0, group.map(\.end).min() ?? 0)
                #expect(lastBegin <= firstEnd + tolerance, "\(group)")
            }
        }
    }

    @Test("is said to be missing when a run ends before it, and ends with a run that ends in it")
    func ends() throws {
        let folder = try TrainingFolder([PointsRecipe()])
        try folder.train("early", "points", values + ["trace.steps=9-10"])
        #expect(!FileManager.default.fileExists(atPath: folder("early") + "/trace.json"))
        try folder.train("late", "points", values + ["trace.steps=8-10"])
        let (events, _) = try events(folder.text("late", "trace.json"))
        #expect(events.filter { $0.kind == "step" }.map(\.name) == ["step 8"])
        // counted from each start of the run
        try folder.train("late", "points", resumes: true, ["steps=12", "trace.steps=2-3"])
        let resumed = try self.events(folder.text("late", "trace.json")).events
        #expect(resumed.filter { $0.kind == "step" }.map(\.name) == ["step 10", "step 11"])
        for wrong in ["3", "0-2", "4-3", "1-2-3", "a-b"] {
            #expect(
                message { try folder.train("wrong", "points", ["trace.steps=\(wrong)"]) }
                    .contains("trace.steps must be a first and a last step, such as 11-20, or none"))
        }
    }

    @Test("A rank's clock that goes another way is brought to rank 0's between the two comparisons")
    func drift() {
        let event = TimelineEvent(.step, "", from: 1500, to: 2000)
        let before = ClockOffset(nanoseconds: -100, error: 10, time: 1000)
        let drifting = RankClock(before, ClockOffset(nanoseconds: -300, error: 20, time: 2000))
        let aligned = drifting.aligned(event)
        #expect(aligned.begin == 1300 && aligned.end == 1700 && drifting.error == 20)
        // a difference that may be one of the measurements is none of the clocks
        let steady = RankClock(before, ClockOffset(nanoseconds: -105, error: 3, time: 2000))
        #expect(steady.aligned(event).begin == 1395 && steady.aligned(event).end == 1895 && steady.error == 3)
    }

    @Test("Recorders keep what has room, of all threads, while they are on")
    func recorder() async {
        let recorder = EventRecorder(capacity: 100)
        recorder.record(.step, "before", from: 0, to: 1)
        #expect(recorder.take().events.isEmpty)
        recorder.start()
        recorder.step = 7
        await withTaskGroup { group in
            for thread in 0..<4 {
                group.addTask {
                    for place in 0..<30 { recorder.record(.operation, "\(thread)", from: UInt64(place), to: 50) }
                }
            }
        }
        let (events, dropped) = recorder.take()
        #expect(events.count == 100 && dropped == 20 && events.allSatisfy { $0.step == 7 })
        for name in Set(events.map(\.name)) {
            let begins = events.filter { $0.name == name }.map(\.begin)
            #expect(begins == begins.sorted())
        }
        recorder.stop()
        recorder.record(.step, "after", from: 0, to: 1)
        #expect(recorder.take().events.isEmpty && !recorder.isRecording)
    }

    // MARK: Stragglers

    @Test("A rank that is slow is named, and whether it waits for its data", arguments: [false, true])
    func slowRank(isData: Bool) throws {
        let folder = try TrainingFolder([])
        let path = folder("run")
        let summaries = try InProcessCommunicator.run(ranks: 3) { communicator in
            var request = TrainingRequest(target: "faulty", runDirectory: path)
            request.overrides = try ["shards=3", "epochs=4"].map { try SettingOverride(assignment: $0) }
            let slow: FaultyRecipe.Fault = isData ? .slowData(milliseconds: 15) : .slow(milliseconds: 15)
            let recipe = FaultyRecipe(communicator.rank == 1 ? slow : .none)
            return try TrainingProgram(request, catalog: RecipeCatalog([recipe]), communicator: communicator).run()
        }
        let reports = try #require(summaries[2].stragglers)
        #expect(reports.map(\.rank) == [0, 1, 2] && reports[1].host == "localhost")
        #expect(reports[1].shareSlowest > 0.7 && reports[1].timeByMedian > 1.5, "\(reports)")
        #expect((reports[1].dataMilliseconds > 5) == isData, "\(reports)")
        #expect(abs(reports.map(\.shareSlowest).reduce(0, +) - 1) < 1e-9)
        let text = summaries[0].text(isUnicode: true)
        #expect(text.contains("rank 1 (localhost) was slowest in "), "\(text)")
        #expect(text.contains(", most of it waiting for data") == isData, "\(text)")
        let last = try #require(try folder.text("run", "metrics.jsonl").split(separator: "\n").last)
        guard case .summary(let read)? = MetricsRecord(line: last) else {
            Issue.record("no summary: \(last)")
            return
        }
        #expect(read.stragglers?.count == 3 && (read.stragglers?[1].timeByMedian ?? 0) > 1.5)
    }

    @Test("One rank has no pace to compare")
    func alone() throws {
        let summary = try SoloRun.points()
        #expect(summary.stragglers == nil && !summary.text(isUnicode: true).contains("pace"))
    }
}

private enum SoloRun {
    /// The summary of a short run.
    static func points() throws -> RunSummary {
        let folder = try TrainingFolder([])
        let request = TrainingRequest(
            target: "points", overrides: [SettingOverride(key: "epochs", value: "2", source: "test")],
            runDirectory: folder("run"))
        return try TrainingProgram(
            request, catalog: RecipeCatalog([PointsRecipe()]), communicator: SoloCommunicator()
        ).run()
    }
}
