import Checkpoints
import Communication
import Foundation
import Recipes
import TestSupport
import Testing
import Training

@Suite("Streams of rows")
struct StreamTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    /// `count` rows x,y,class of a low-discrepancy sequence; the class is the side of x = y, from row `flip` on the other.
    private func rows(_ count: Int, from first: Int = 0, flip: Int = .max) -> String {
        (first..<first + count).map { index in
            let (u, v) = ((Double(index) + 0.5) * 0.754877666, (Double(index) + 0.5) * 0.569840291)
            let (x, y) = (u - u.rounded(.down), v - v.rounded(.down))
            return "\(x),\(y),\((x > y) != (index >= flip) ? "right" : "left")\n"
        }.joined()
    }

    private static let header = "x,y,class\n"

    @discardableResult
    private func write(_ text: String, to name: String) throws -> String {
        try trainer.folder.write(text.utf8, to: name)
        return trainer.folder(name)
    }

    @discardableResult
    private func train(
        _ run: String, _ path: String, ranks: Int = 1, resumes: Bool = false, _ values: [String] = []
    ) throws -> Checkpoint {
        try trainer.train(
            run, of: "stream", ranks: ranks, resumes: resumes,
            ["data.path=\(path)"] + (resumes ? [] : ["shards=4"]) + values)
    }

    private static let small = ["model.hidden=[8]", "global_batch=7", "stream.head_rows=20", "log.every=1"]

    @Test(
        "One to four ranks write the same bytes, of classes and of numbers, stopped halfway or not",
        arguments: ["csv.target=side", "csv.target=sum"])
    func sameBytes(target: String) throws {
        // quotes, gaps and CR LF; 120 rows are 17 batches of 7 and one
        let path = trainer.folder("table.csv")
        let values =
            Self.small + [target, "stream.detector=page_hinkley", "stream.threshold=3", "model.dropout=0.2"]
        let expected = try train("1", path, values + ["checkpoint.every=1", "checkpoint.keep=100"])
        #expect(expected.state.step == 18 && expected.state.samplesConsumed == 120)
        let drifts = try trainer.folder.text("1/drifts.jsonl")
        #expect(!drifts.isEmpty)
        for ranks in 2...4 {
            let other = try train("\(ranks)", path, ranks: ranks, values)
            #expect(other.model == expected.model && other.optimizer == expected.optimizer, "on \(ranks) ranks")
            #expect(other.state.progress == expected.state.progress, "on \(ranks) ranks")
            #expect(try trainer.folder.text("\(ranks)/drifts.jsonl") == drifts)
        }
        for step in 8...18 { try trainer.folder.remove("1/checkpoints/step-000000\(step < 10 ? "0" : "")\(step)") }
        #expect(try train("1", path, ranks: 3, resumes: true) == expected)
        #expect(try trainer.folder.text("1/drifts.jsonl") == drifts)
    }

    @Test("A row is tested by the weights of the step before: where they stay, the scores are those of an evaluation")
    func prequential() throws {
        for (target, names) in [("side", ["prequential_accuracy", "accuracy"]), ("sum", ["prequential_mae"])] {
            let path = trainer.folder("table.csv")
            try train(
                target, path,
                Self.small + ["csv.target=\(target)", "data.test_path=\(path)", "optimizer.learning_rate=1e-30"])
            let steps = try trainer.metrics(target, "step", [names[0], "drifts"])
            #expect(steps.count == 18 && steps.allSatisfy { $0[1] == 0 })
            let last = try #require(steps.last?[0])
            let summary = try #require(try trainer.folder.text("\(target)/metrics.jsonl").split(separator: "\n").last)
            let record = try JSONSerialization.jsonObject(with: Data(summary.utf8)) as? [String: Any]
            let final = try #require(record?["training_metrics"] as? [String: Double])
            #expect(abs(last - (final[names[0]] ?? 0)) < 1e-3)
            if names.count == 2 {
                let evaluated = try #require(try trainer.metrics(target, "evaluation", [names[1]]).last?[0])
                #expect(abs(last - evaluated) < 1e-12)
            } else {
                #expect(last.isFinite && last > 0)
            }
        }
        // of one row a batch, with a model that learns it at once, the first of two equal rows counts as wrong or right
        // before it is learned from
        let path = try write(Self.header + rows(40) + "0.9,0.1,left\n0.9,0.1,left\n", to: "odd.csv")
        try train(
            "odd", path,
            [
                "model.hidden=[8]", "global_batch=1", "stream.head_rows=40", "log.every=1", "optimizer.name=sgd",
                "optimizer.learning_rate=0.5", "optimizer.weight_decay=0", "optimizer.momentum=0",
                "stream.detector=none",
            ])
        let accuracies = try trainer.metrics("odd", "step", ["prequential_accuracy"]).map { ($0[0] ?? 0) }
        let right = accuracies.enumerated().map { ($0.element * Double($0.offset + 1)).rounded() }
        #expect(right.count == 42 && right[40] == right[39])
    }

    @Test("ADWIN detects that the classes were exchanged, and nothing before", arguments: [1, 2])
    func drift(ranks: Int) throws {
        let path = try write(Self.header + rows(2400, flip: 1400), to: "drift.csv")
        let values = ["model.hidden=[16]", "global_batch=8", "stream.head_rows=200", "optimizer.learning_rate=0.01"]
        let last = try train("run", path, ranks: ranks, values)
        #expect(last.state.samplesConsumed == 2400)
        let found = try trainer.folder.text("run/drifts.jsonl").split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Double])
        }
        let risen = found.filter { ($0["recent"] ?? 0) > ($0["mean"] ?? 0) }
        let first = try #require(risen.first?["row"])
        // every 32 rows a change is looked for
        #expect((1401...1528).contains(first), "\(found)")
        let scores = try trainer.metrics("run", "step", ["recent_accuracy", "drifts"])
        #expect(scores.last?[1] == Double(found.count))
    }

    @Test("A growing file is continued where its last complete row ended")
    func growing() throws {
        let all = Self.header + rows(140)
        let whole = try write(all, to: "whole.csv")
        let expected = try train("whole", whole, ranks: 2, Self.small)
        // 70 rows are ten batches; of the next one a part has come
        let part = all.split(separator: "\n").prefix(71).joined(separator: "\n") + "\n0.5,0"
        let path = try write(part, to: "growing.csv")
        let follow = ["stream.follow=true", "stream.idle_seconds=0.2"]
        let half = try train("grown", path, Self.small + follow)
        #expect(half.state.step == 10 && half.state.samplesConsumed == 70)
        try write(all, to: "growing.csv")
        let end = try train("grown", path, ranks: 3, resumes: true, ["stream.follow=false"])
        #expect(end.model == expected.model && end.optimizer == expected.optimizer)
        #expect(end.state.progress == expected.state.progress && end.state.samplesConsumed == 140)
        // nothing more has come
        #expect(try train("grown", path, resumes: true) == end)
        // an end within a batch is a smaller step; rows that come later go on after it
        try write(all + rows(3, from: 140), to: "growing.csv")
        #expect(try train("grown", path, resumes: true).state.samplesConsumed == 143)
        try write(all + rows(13, from: 140), to: "growing.csv")
        let last = try train("grown", path, ranks: 2, resumes: true)
        #expect(last.state.samplesConsumed == 153 && last.state.step == 23)

        try write("x,y,side\n" + rows(200), to: "growing.csv")
        #expect(message { try train("grown", path, resumes: true) }.contains("another header row"))
        try write(Self.header + rows(20), to: "growing.csv")
        #expect(message { try train("grown", path, resumes: true) }.contains("rows may be appended, not removed"))
        try write(Self.header + "1" + rows(200), to: "growing.csv")
        #expect(message { try train("grown", path, resumes: true) }.contains("other bytes at byte"))
    }

    @Test("A pipe gives what a file gives, and is not resumed", arguments: [1, 2])
    func pipe(ranks: Int) throws {
        let text = Self.header + rows(50)
        let file = try write(text, to: "rows.csv")
        let expected = try train("file", file, Self.small)
        let path = trainer.folder("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(message { try train("none", path, Self.small) }.contains("stream.example=FILE"))
        let writer = Thread {
            guard let pipe = FileHandle(forWritingAtPath: path) else { return }
            // in pieces that end anywhere
            for start in stride(from: 0, to: text.utf8.count, by: 97) {
                pipe.write(Data(text.utf8.dropFirst(start).prefix(97)))
            }
            try? pipe.close()
        }
        writer.start()
        let found = try train("pipe-run", path, ranks: ranks, Self.small + ["stream.example=\(file)"])
        #expect(found.model == expected.model && found.state.progress == expected.state.progress)
        let text2 = message { try train("pipe-run", path, ranks: ranks, resumes: true) }
        #expect(text2.contains("a pipe, whose earlier rows are gone") && text2.contains("start a new run"), "\(text2)")
    }

    @Test("A run that waits for rows stops for a signal on any rank, with a checkpoint", arguments: [0, 1])
    func interrupted(rank: Int) throws {
        let all = Self.header + rows(70)
        let expected = try train("whole", try write(all, to: "whole.csv"), Self.small)
        let path = try write(Self.header + rows(35), to: "growing.csv")
        let folder = trainer.folder("stopped")
        let text = message {
            _ = try InProcessCommunicator.run(ranks: 2) { communicator in
                var request = TrainingRequest(target: "stream", runDirectory: folder)
                request.overrides = try (Self.small + ["data.path=\(path)", "shards=4", "stream.follow=true"]).map {
                    try SettingOverride(assignment: $0)
                }
                let own = communicator.rank
                // all rows are learned from, and the run waits
                request.requestSources.pendingSignal = {
                    let log = try? String(contentsOfFile: "\(folder)/metrics.jsonl", encoding: .utf8)
                    return own == rank && log?.contains("\"step\":5,") == true ? .interrupt : nil
                }
                _ = try TrainingProgram(request, catalog: .all, communicator: communicator).run()
            }
        }
        #expect(text.contains("after step 5") && text.contains("step-00000005"), "\(text)")
        try write(all, to: "growing.csv")
        let end = try train("stopped", path, resumes: true, ["stream.follow=false"])
        #expect(end.model == expected.model && end.state.progress == expected.state.progress)
    }

    @Test("What a stream cannot do is refused in a line that says why", arguments: [1, 2])
    func refused(ranks: Int) throws {
        let path = try write(Self.header + rows(30), to: "rows.csv")
        let mistakes: [([String], [String])] = [
            (["epochs=2"], ["passed once", "epochs to 1"]),
            (["global_batch=full"], ["global_batch"]),
            (["csv.weight=x"], ["csv.weight"]),
            (["optimizer.name=lbfgs"], ["first-order"]),
            (["stream.follow=true", "stream.head_rows=31"], ["30 rows", "stream.head_rows (31)"]),
            (["data.path=\(trainer.folder("nowhere.csv"))"], ["nowhere.csv"]),
            (["data.path=\(trainer.folder.path)"], ["a directory"]),
        ]
        for (values, parts) in mistakes {
            let text = message { try train("refused", path, ranks: ranks, Self.small + values) }
            for part in parts { #expect(text.contains(part), "\(values): \(text)") }
        }
        // row 29 of the stream, behind the first rows of which columns are learned
        for (row, parts) in [
            ("0.5,wide,left\n", ["row 31 of the stream", "wide", "number"]), ("0.5,left\n", ["row 31", "2 fields"]),
            ("0.5,0.5,\n", ["row 31", "no value of the target"]), ("0.5,\"0.5,left\n", ["row 31", "not closed"]),
        ] {
            let path = try write(Self.header + rows(30) + row, to: "bad.csv")
            let text = message { try train("bad", path, ranks: ranks, Self.small) }
            for part in parts { #expect(text.contains(part), "\(row): \(text)") }
            try trainer.folder.remove("bad")
        }
    }

    @Test("Rows of a class that the first rows did not have count as wrong, and have no loss")
    func unknownClass() throws {
        let path = try write(Self.header + rows(30) + String(repeating: "0.2,0.3,up\n", count: 30), to: "classes.csv")
        let found = try train("run", path, Self.small)
        #expect(found.state.progress?["stream.scores"]?.contains("\"unknownClasses\":30") == true)
        let last = try #require(try trainer.metrics("run", "step", ["prequential_accuracy"]).last?[0])
        #expect(last <= 0.5)
    }
}
