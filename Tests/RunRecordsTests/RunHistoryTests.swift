import Foundation
import RunRecords
import TestSupport
import Testing

@Suite("The history of a run, and the table of its records")
struct RunHistoryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.createFolder("run/samples")
    }

    private let lines = """
        {"event":"step","time":"2026-01-31T12:00:01.250Z","step":50,"epoch":1,"samples":6400,"loss":0.5,"metrics":{"d_real":0.25},"learning_rate":0.1}
        not a record
        {"event":"checkpoint","step":50,"epoch":1,"path":"a \\"b\\", c","milliseconds":1.5}
        {"event":"step","time":"2026-01-31T12:00:02.250Z","step":100,"epoch":2,"samples":12800,"loss":"nan","learning_rate":1e-05}
        {"event":"evaluation","step":100,"epoch":2,"samples":10,"loss":0.125,"accuracy":1}

        """

    @Test("has records with their times, and counts what is none")
    func history() throws {
        try folder.write(lines.utf8, to: "run/metrics.jsonl")
        for name in ["step-00000100-samples.png", "step-00000007-samples.png", "other.png"] {
            try folder.write([1], to: "run/samples/\(name)")
        }
        let history = try RunHistory(path: folder("run"))
        #expect(history.records.count == 4 && history.unreadableLines == 1)
        #expect(history.steps.map(\.step) == [50, 100] && history.evaluations.map(\.loss) == [0.125])
        #expect(
            history.records.map { $0.time?.timeIntervalSince1970 } == [1_769_860_801.25, nil, 1_769_860_802.25, nil])
        #expect(history.samples.map(\.step) == [7, 100])
        #expect(history.summary == nil)
    }

    @Test("of very many steps has some, evenly spaced, and the last; and says how many there are")
    func thinned() throws {
        let line = { (step: Int) in MetricsRecord.step(exampleStep(step)).line + "\n" }
        try folder.write((1...40_001).map(line).joined().utf8, to: "run/metrics.jsonl")
        let history = try RunHistory(path: folder("run"))
        #expect(history.recordedSteps == 40_001)
        #expect(history.steps.count == 13_334)
        #expect(history.steps.prefix(2).map(\.step) == [3, 6] && history.steps.last?.step == 40_001)
    }

    @Test("needs a run")
    func none() throws {
        try folder.createFolder("empty")
        #expect(message { _ = try RunHistory(path: folder("empty")) }.contains("expected a run directory"))
        #expect(message { _ = try RunHistory(path: "") }.contains("found no run in \"\""))
    }

    @Test("as a table has a column for each field, and numbers as they were written")
    func table() throws {
        try folder.write(lines.utf8, to: "run/metrics.jsonl")
        let table = try MetricsTable(path: folder("run/metrics.jsonl"))
        #expect(table.unreadableLines == 1)
        #expect(
            table.csv == """
                event,time,step,epoch,samples,loss,metrics.d_real,learning_rate,path,milliseconds,accuracy
                step,2026-01-31T12:00:01.250Z,50,1,6400,0.5,0.25,0.1,,,
                checkpoint,,50,1,,,,,"a ""b"", c",1.5,
                step,2026-01-31T12:00:02.250Z,100,2,12800,nan,,1e-05,,,
                evaluation,,100,2,10,0.125,,,,,1

                """)
    }

    @Test("as a table names the fields of lists by their index")
    func lists() throws {
        let report = DiagnosisReport(
            step: 1, epoch: 1, layers: [.init(name: "a", gradientNorm: 1, weightNorm: 2, updateNorm: 0.5)])
        try folder.write((MetricsRecord.diagnosis(report).line + "\n").utf8, to: "run/metrics.jsonl")
        let table = try MetricsTable(path: folder("run/metrics.jsonl"))
        #expect(
            table.columns == [
                "event", "step", "epoch", "layers.0.name", "layers.0.gradient_norm", "layers.0.weight_norm",
                "layers.0.update_norm",
            ])
    }

    @Test("reads or counts every line, whichever byte is changed")
    func fuzzed() throws {
        let bytes = Array(lines.utf8)
        for offset in bytes.indices {
            var changed = bytes
            changed[offset] ^= UInt8(truncatingIfNeeded: 1 << (offset % 8))
            try folder.write(changed, to: "run/metrics.jsonl")
            let present = changed.split(separator: UInt8(ascii: "\n")).count
            let history = try RunHistory(path: folder("run"))
            #expect(history.records.count + history.unreadableLines == present)
            let table = try MetricsTable(path: folder("run/metrics.jsonl"))
            var rows = 0
            table.write { _ in rows += 1 }
            #expect(rows - 1 + table.unreadableLines == present)
        }
    }
}
