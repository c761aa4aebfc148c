import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The commands beside train")
    struct CommandsTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        @Test(
            "that explain the program print their text once, the same on two ranks as alone",
            arguments: zip(
                [
                    [], ["--help"], ["help", "train"], ["train", "--help"], ["evaluate", "--help"],
                    ["inspect", "--help"], ["--version"], ["recipes"], ["settings"],
                ],
                [
                    "SUBCOMMANDS", "SUBCOMMANDS", "--global-batch", "--global-batch", "--data", "checkpoint",
                    "lockstep ",
                    "fashion-mnist", "optimizer.learning_rate",
                ]))
        func explanation(arguments: [String], part: String) throws {
            let alone = try place.run(.alone, arguments)
            #expect(alone.output.contains(part), "\(alone)")
            #expect(alone.errors.isEmpty, "\(alone)")
            let two = try place.run(.ranks(2), arguments)
            #expect(two.output == alone.output)
            #expect(two.errors.isEmpty, "\(two)")
        }

        @Test("evaluate gives the numbers of the run's own last evaluation, on any number of ranks")
        func evaluate() throws {
            let run = try place.train(.ranks(2), "run", ["--epochs", "2", "--set", "model.dropout=0.3"])
            let evaluation = try #require(try run.metrics("evaluation").last)
            let loss = try #require(evaluation["loss"] as? Double)
            let accuracy = try #require(evaluation["accuracy"] as? Double)
            let alone = try place.run(.alone, ["evaluate", run.path])
            #expect(alone.errors.isEmpty, "\(alone)")
            let rows = Dictionary(
                uniqueKeysWithValues: alone.output.split(separator: "\n").compactMap { line in
                    line.firstIndex(of: " ").map {
                        (String(line[..<$0]), line[$0...].trimmingCharacters(in: .whitespaces))
                    }
                })
            #expect(rows["samples"] == "\(ExampleImages.testCount)", "\(alone)")
            #expect(rows["loss"].flatMap { Double($0) } == loss, "\(alone)")
            #expect(rows["accuracy"].flatMap { Double($0) } == accuracy, "\(alone)")
            for ranks in [1, 3] {
                let other = try place.run(.ranks(ranks), ["evaluate", run.newestCheckpoint])
                #expect(other.output == alone.output)
                #expect(other.errors.isEmpty, "\(other)")
            }
        }

        @Test("evaluate takes other data with --data")
        func otherData() throws {
            let run = try place.train(.alone, "run", ["--epochs", "1"])
            try ExampleImages.write(to: place.folder("other"), test: 700)
            let outcome = try place.run(.ranks(2), ["evaluate", run.path, "--data", place.folder("other")])
            #expect(outcome.output.contains("700"), "\(outcome)")
        }

        @Test("inspect shows step, settings, tensors and shapes, the same on two ranks as alone")
        func inspect() throws {
            let run = try place.train(.alone, "run", ["--epochs", "2", "--seed", "77"])
            let alone = try place.run(.alone, ["inspect", run.path])
            let lines = alone.output.split(separator: "\n").map { line in
                line.split(separator: " ").joined(separator: " ")
            }
            for line in [
                "recipe fashion-mnist", "step 38", "shards 4", "seed 77", "model: 6 tensors, 25818 numbers",
                "optimizer: 6 tensors, 25818 numbers", "model.hidden [32, 16]", "global_batch 32", "epochs 2",
            ] {
                #expect(lines.contains(line), "\(line): \(alone)")
            }
            for tensor in ["layers.0.weight [784, 32]", "layers.2.bias [10]", "momentum.layers.1.weight [32, 16]"] {
                #expect(lines.contains { $0.hasPrefix(tensor) }, "\(tensor): \(alone)")
            }
            #expect(try place.run(.ranks(2), ["inspect", run.newestCheckpoint]).output == alone.output)
        }
    }
}
