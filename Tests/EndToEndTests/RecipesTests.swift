import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A training of a recipe on small data, a few steps long.
    struct RecipeRun: CustomTestStringConvertible, Sendable {
        let recipe: String
        let data: String
        let options: [String]

        init(_ recipe: String, _ data: String, _ options: String...) {
            (self.recipe, self.data, self.options) = (recipe, data, options)
        }

        var testDescription: String { ([recipe] + options).joined(separator: " ") }

        /// Those of RecipesTests run on threads.
        static let few = [
            RecipeRun("fashion-mnist", "data", "--model", "resnet20", "--global-batch", "8", "--steps", "2"),
            RecipeRun(
                "language-model", "prose.txt", "--model", "gpt", "--set", "model.width=16", "--set",
                "model.dropout=0.2",
                "--set", "model.context=20", "--set", "schedule.warmup_steps=0", "--steps", "6"),
        ]
    }

    @Suite("Recipes")
    struct RecipesTests {
        let place: Workplace

        init() throws {
            place = try Workplace()
            for (name, text) in [
                ("table.csv", ExampleTexts.table()), ("words.tsv", ExampleTexts.labeledWords()),
                ("reversals.tsv", ExampleTexts.reversals()), ("prose.txt", ExampleTexts.prose()),
            ] { try text.write(toFile: place.folder(name), atomically: false, encoding: .utf8) }
        }

        private func arguments(_ run: RecipeRun, _ directory: String) -> [String] {
            [
                "train", run.recipe, "--data", place.folder(run.data), "--shards", "4", "--run-dir",
                place.folder(directory),
            ]
                + run.options
        }

        @Test(
            "train to the same bytes on one to four ranks with four shards, stopped halfway or not",
            arguments: RecipeRun.few)
        func sameBytes(run: RecipeRun) throws {
            try place.run(
                .alone, arguments(run, "alone") + ["--set", "checkpoint.every=1", "--set", "checkpoint.keep=1000"])
            let alone = place.files(of: "alone")
            let (expected, state) = (try alone.saved, try alone.state)
            let losses = try alone.numbers("loss", of: "evaluation")
            #expect(!losses.isEmpty && losses.allSatisfy(\.isFinite))
            for ranks in 2...4 {
                try place.run(.ranks(ranks), arguments(run, "ranks-\(ranks)"))
                let other = place.files(of: "ranks-\(ranks)")
                #expect(try other.saved == expected, "on \(ranks) ranks")
                #expect(try other.numbers("loss", of: "evaluation") == losses, "on \(ranks) ranks")
            }
            // a schedule depends on the length of the run: this is the same run, whose later checkpoints got lost
            for _ in 0..<((try alone.steps.count + 1) / 2) {
                try FileManager.default.removeItem(atPath: alone.newestCheckpoint)
            }
            let halfway = try alone.saved
            #expect(halfway.step < expected.step && halfway.model != expected.model)
            try place.run(.ranks(3), ["train", run.recipe, "--resume", "--run-dir", alone.path])
            #expect(try alone.saved == expected, "resumed")
            #expect(try alone.state == state, "resumed")
            #expect(try alone.numbers("loss", of: "evaluation").last == losses.last, "resumed")
        }

        /// Trains alone, and returns what the run has left.
        private func train(_ recipe: String, _ data: String, _ options: String...) throws -> RunFiles {
            try place.run(
                .alone, ["train", recipe, "--data", place.folder(data), "--run-dir", place.folder("run")] + options)
            return place.files(of: "run")
        }

        private func predict(_ run: RunFiles, _ input: String, _ options: String...) throws -> [String] {
            try input.write(toFile: place.folder("input"), atomically: false, encoding: .utf8)
            let arguments = ["predict", run.path, place.folder("input")] + options
            let alone = try place.run(.alone, arguments)
            let isOnlyNotes = alone.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("note: ") }
            #expect(isOnlyNotes, "\(alone)")
            #expect(try place.run(.ranks(2), arguments).output == alone.output)
            return alone.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        }

        @Test("csv learns numbers, and predicts them without the data it has learned from")
        func regression() throws {
            let run = try train(
                "csv", "table.csv", "--set", "csv.target=sum", "--set", "csv.ignore=side", "--epochs", "150")
            let metrics = try #require(try run.metrics("evaluation").last?["metrics"] as? [String: Double])
            // a tenth of the y are missing, and 2·y has 4/5 of the sum's variance: 0.92 is the most that can be had
            #expect((0.85...0.95).contains(metrics["r_squared"] ?? 0), "\(metrics)")
            let evaluation = try place.run(.alone, ["evaluate", run.path])
            let line = try #require(evaluation.output.split(separator: "\n").last?.split(separator: " "))
            let written = try String(contentsOfFile: run.path + "/metrics.jsonl", encoding: .utf8)
            #expect(line[0] == "r_squared" && written.contains("\"r_squared\":\(line[1])}"), "\(evaluation)")
            try FileManager.default.removeItem(atPath: place.folder("table.csv"))
            let lines = try predict(run, "color two,y,the color,x\nunseen,2,red,3\n\"a,b\",,,-4\n")
            #expect(lines.count == 3 && lines[0] == "color two,y,the color,x,predicted_sum")
            #expect(lines[1].hasPrefix("unseen,2,red,3,") && lines[2].hasPrefix("\"a,b\",,,-4,"))
            // x + 2·y and a noise of mean 0.5
            #expect(abs((Double(lines[1].split(separator: ",").last ?? "") ?? .infinity) - 7.5) < 4, "\(lines)")
        }

        @Test("csv learns classes, of the last column unless told otherwise")
        func classification() throws {
            let run = try train("csv", "table.csv", "--set", "csv.ignore=sum")
            let accuracy = try run.numbers("accuracy", of: "evaluation").last ?? 0
            #expect(accuracy > 0.75)
            let lines = try predict(run, "x,y,the color\n9,1,red\n-9,1,red\n")
            #expect(lines[0] == "x,y,the color,predicted_side,probability")
            #expect(
                lines[1].hasPrefix("9,1,red,right,0.") && lines[2].hasPrefix("-9,1,red,\"left, or\",0."), "\(lines)")
        }

        @Test("sequence-classification tells two made-up languages apart, from a file or a directory of files")
        func sequenceClassification() throws {
            let run = try train("sequence-classification", "words.tsv", "--set", "model.width=16", "--epochs", "8")
            #expect(try run.numbers("accuracy", of: "evaluation").last ?? 0 >= 0.95)
            let lines = try predict(run, "takemisolu\nerxupxalr\n")
            #expect(lines.count == 2 && lines[0].hasPrefix("open\t") && lines[0].hasSuffix("\ttakemisolu"), "\(lines)")
            #expect(lines[1].hasPrefix("closed\t"))
            let folder = place.folder("languages")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for label in ["open", "closed"] {
                let words = ExampleTexts.labeledWords().split(separator: "\n").filter { $0.hasPrefix(label) }
                    .map { $0.dropFirst(label.count + 1) + "\n" }.joined()
                try words.write(toFile: "\(folder)/\(label).txt", atomically: false, encoding: .utf8)
            }
            let evaluation = try place.run(.alone, ["evaluate", run.path, "--data", folder])
            #expect(evaluation.output.contains(/\nsamples +20\n/), "\(evaluation)")
        }

        @Test("translation reverses sequences it has not seen: at least 95 % exactly, BLEU at least 95")
        func translation() throws {
            let run = try train(
                "translation", "reversals.tsv", "--epochs", "30", "--set", "model.width=32", "--set", "model.layers=1",
                "--set", "model.heads=2", "--set", "model.dropout=0", "--set", "optimizer.learning_rate=0.01")
            let output = try place.run(.alone, ["evaluate", run.path]).output
            let rows = Dictionary(
                uniqueKeysWithValues: output.split(separator: "\n").suffix(3).compactMap { line in
                    line.split(separator: " ").last.map { (line.prefix { $0 != " " }, Double($0) ?? 0) }
                })
            #expect(rows["exact_match"] ?? 0 >= 0.95 && rows["bleu"] ?? 0 >= 95, "\(output)")
            #expect(try place.run(.ranks(3), ["evaluate", run.path]).output == output)
            try FileManager.default.removeItem(atPath: place.folder("reversals.tsv"))
            for beam in ["1", "5"] {
                #expect(
                    try predict(run, "sea dee a be\n\ne a\n", "--beam", beam) == ["be a dee sea", "", "a e"])
            }
        }

        @Test(
            "language-model learns a saying, and goes on with it without the text", arguments: ["rnn", "gru", "lstm"])
        func languageModel(name: String) throws {
            let run = try train(
                "language-model", "prose.txt", "--model", name, "--steps", "150", "--set", "model.width=48", "--set",
                "optimizer.learning_rate=0.01", "--set", "model.layers=1", "--set", "model.context=32",
                "--global-batch",
                "16")
            // one character in fifteen cannot be foreseen: ln 15 / 15 and a little
            #expect(try run.numbers("loss", of: "evaluation").last ?? 9 < 0.6)
            try FileManager.default.removeItem(atPath: place.folder("prose.txt"))
            let arguments = [
                "generate", run.path, "--prompt", "the quick brown ", "--tokens", "29", "--temperature", "0",
            ]
            let text = try place.run(.alone, arguments).output
            #expect(text == "the quick brown fox jumps over the lazy dög. \n")
            let sampled = ["generate", run.path, "--prompt", "fox", "--top-k", "2", "--seed", "3"]
            #expect(try place.run(.alone, sampled).output == place.run(.ranks(2), sampled).output)
            expectRefusal(
                try place.attempt(.alone, ["predict", run.path, place.folder("input")]),
                mentioning: ["lockstep generate"])
        }

        @Test(
            "language-model tests on another file, and goes on with a text without line's ends from its first character"
        )
        func otherText() throws {
            try String(repeating: "badc", count: 50).write(
                toFile: place.folder("line"), atomically: false, encoding: .utf8)
            try String(repeating: "fe", count: 40).write(
                toFile: place.folder("test"), atomically: false, encoding: .utf8)
            let run = try train(
                "language-model", "line", "--model", "rnn", "--steps", "2", "--global-batch", "4", "--set",
                "model.width=8",
                "--set", "model.context=9", "--set", "data.test_path=test")
            // 79 characters that follow one, in windows of nine
            #expect(try run.numbers("samples", of: "evaluation").last == 8)
            let text = try place.run(.alone, ["generate", run.path, "--tokens", "5"]).output
            #expect(text.hasPrefix("a") && text.count == 7 && text.allSatisfy { "abcdef\n".contains($0) }, "\(text)")
            expectRefusal(
                try place.attempt(.alone, ["generate", run.path, "--prompt", "\n"]), mentioning: ["does not occur"])
        }

        @Test(
            "fashion-mnist classifies images of a file, and test images by number, with probabilities that add up to 1")
        func images() throws {
            let run = try train("fashion-mnist", "data", "--epochs", "5", "--global-batch", "32")
            let byNumber = try place.run(.alone, ["predict", run.path, "--index", "3", "--index", "1099"])
            let all = try place.run(.alone, ["predict", run.path, place.folder("data/\(ExampleImages.testImages)")])
            let rows = all.output.split(separator: "\n")
            #expect(rows.count == 1 + ExampleImages.testCount)
            // the same but for rounding: products of one row and of many are summed in different orders
            let classes = { (rows: [Substring]) in rows.map { $0.split(separator: ",").prefix(2) } }
            #expect(classes(byNumber.output.split(separator: "\n")) == classes([rows[0], rows[4], rows[1100]]))
            let sum = rows[4].split(separator: ",").suffix(10).reduce(0) { $0 + (Double($1) ?? 9) }
            #expect(abs(sum - 1) < 1e-5)
            for (arguments, part) in [
                (["--index", "1100"], "0 to 1099"), ([], "--index"),
                ([place.folder("data/\(ExampleImages.testLabels)")], "IDX"),
                ([place.folder("nowhere")], "No such file"),
            ] {
                expectRefusal(try place.attempt(.alone, ["predict", run.path] + arguments), mentioning: [part])
            }
        }

        static let mistakes: [(arguments: [String], text: String, parts: [String])] = [
            (["train", "csv", "--data", "input"], "a,b\n1,2\n3\n", ["input line 3", "found 1 field,", "2"]),
            (["train", "csv", "--data", "input"], "a,b\n1,2\n", ["1 row,", "data.test_fraction"]),
            (
                ["train", "csv", "--data", "input", "--set", "csv.target=c"], "a,b\n1,2\n3,4\n5,6\n",
                ["no column c", "a, b"]
            ),
            (["train", "csv"], "", ["--data"]),
            (["train", "translation", "--data", "input"], "a\tb\nc\n", ["input line 2", "no TAB"]),
            (["train", "translation", "--data", "input", "--model", "lstm"], "", ["lstm", "transformer"]),
            (
                ["train", "sequence-classification", "--data", "input"], String(repeating: "a\tb\n", count: 20),
                ["only the label a"]
            ),
            (
                ["train", "language-model", "--data", "input", "--model", "lstm", "--set", "model.width=1000000"],
                String(repeating: "ab", count: 5000),
                ["memory", "model.width"]
            ),
            (
                [
                    "train", "language-model", "--data", "input", "--set", "model.layers=10000", "--set",
                    "model.width=1000000",
                ],
                String(repeating: "ab", count: 5000), ["memory", "model.layers"]
            ),
            (
                ["train", "language-model", "--data", "input", "--set", "model.heads=3"],
                String(repeating: "ab", count: 5000),
                ["model.heads"]
            ),
            (["predict", "input"], "", ["input"]),
        ]

        @Test("What is wrong with the data or the model is refused in one line", arguments: mistakes.indices)
        func refusals(number: Int) throws {
            let (arguments, text, parts) = Self.mistakes[number]
            try text.write(toFile: place.folder("input"), atomically: false, encoding: .utf8)
            expectRefusal(try place.attempt(.alone, arguments), mentioning: parts)
            expectRefusal(try place.attempt(.ranks(2), arguments), mentioning: parts)
        }
    }
}
