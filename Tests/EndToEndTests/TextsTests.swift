import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Texts")
    struct TextsTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        private func write(_ text: String, to name: String) throws {
            try text.write(toFile: place.folder(name), atomically: false, encoding: .utf8)
        }

        private func train(_ recipe: String, _ data: String, _ options: String...) throws -> Outcome {
            try place.run(
                .alone, ["train", recipe, "--data", place.folder(data), "--run-dir", place.folder("run")] + options)
        }

        /// The numbers that `evaluate` prints.
        private func evaluation(_ launch: Launch = .alone) throws -> [String: Double] {
            let output = try place.run(launch, ["evaluate", place.folder("run")]).output
            let rows = output.split(separator: "\n").compactMap { line -> (String, Double)? in
                let words = line.split(separator: " ")
                guard words.count == 2, let number = Double(words[1]) else { return nil }
                return (String(words[0]), number)
            }
            return Dictionary(rows, uniquingKeysWith: { $1 })
        }

        @Test(
            "A translation is scored against the file, of which the model has cut two words of six, or does not know one",
            arguments: [
                // exp(1 - 6/4), and 4 of 7 tokens with the end
                (["model.context=4", "text.vocabulary=100"], 60.653065971263366, 4.0 / 7, "40 of 40 cut"),
                // (5/6 · 4/5 · 3/4 · 2/3)^(1/4), and 5 words and the end of 7 tokens
                (["model.context=20", "text.vocabulary=5"], 75.98356856515926, 6.0 / 7, "40 of 240 tokens unknown"),
                (["model.context=20", "text.vocabulary=100"], 100, 1, ""),
            ] as [([String], Double, Double, String)])
        func translationScores(settings: [String], bleu: Double, accuracy: Double, note: String) throws {
            try write(String(repeating: "a b\tu v w x y z\n", count: 40), to: "pairs")
            try write(String(repeating: "a b\tu v w x y z\n", count: 40), to: "tests")
            let outcome = try train(
                "translation", "pairs", "--steps", "60", "--set", "model.width=16", "--set", "model.layers=1", "--set",
                "model.dropout=0", "--set", "optimizer.learning_rate=0.01", "--set", "schedule.warmup_steps=0", "--set",
                settings[0], "--set", settings[1], "--set", "data.test_path=\(place.folder("tests"))")
            let scores = try evaluation()
            #expect(abs((scores["bleu"] ?? 0) - bleu) < 1e-9, "\(scores)")
            #expect(scores["exact_match"] == (note.isEmpty ? 1 : 0), "\(scores)")
            #expect(abs((scores["token_accuracy"] ?? 0) - accuracy) < 1e-9, "\(scores)")
            #expect(outcome.output.contains("test targets") == !note.isEmpty)
            #expect(note.isEmpty || outcome.output.contains(note))
            #expect(try evaluation(.ranks(2)) == scores)
        }

        @Test("Byte order mark, form feeds, blank lines and further TABs are read alike by train, evaluate and predict")
        func oddTexts() throws {
            // only what is behind the second TAB tells the classes
            let lines = (0..<100).map { $0 % 2 == 0 ? "pos\tit was\tgood" : "neg\tit was\tbad" }
            try write(
                "\u{feff}" + lines.joined(separator: "\r\n") + "\r\n\r\nneg\t\u{c}\r\npos\tgood a b c d e f\r\n",
                to: "odd")
            try write("pos\tgood\nneg\tbad\nneg\t \u{c}\u{2028}\nother\tbad\n", to: "tests")
            let outcome = try train(
                "sequence-classification", "odd", "--set", "text.tokens=words", "--set", "model.width=8", "--set",
                "model.context=4", "--set", "optimizer.learning_rate=0.03", "--epochs", "5", "--set",
                "data.test_path=\(place.folder("tests"))")
            for part in [
                "102 texts to train on and 4 to test on, 2 classes", "odd: 1 blank line skipped",
                "training texts: 1 of 102 cut at model.context 4, the longest has 7 tokens; 1 without a token",
                "test texts: 1 without a token",
                "1 test text of a class that no training text has: counted as wrong",
            ] { #expect(outcome.output.contains(part), "\(part): \(outcome)") }
            // right, right, whatever a blank text is taken for, and wrong
            #expect([0.5, 0.75].contains(try evaluation()["accuracy"]))
            try write("\u{feff}it was\tgood\r\n\u{c}\rbad film of theirs by far\n", to: "input")
            let predicted = try place.run(.alone, ["predict", place.folder("run"), place.folder("input")])
            let answers = predicted.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            #expect(answers.count == 3 && answers[0].hasPrefix("pos\t0.") && answers[2].hasPrefix("neg\t0."))
            #expect(answers[0].hasSuffix("\tit was\tgood") && answers[1].hasSuffix("\t\u{c}"), "\(answers)")
            #expect(
                predicted.errors.hasPrefix("warning: ") && predicted.errors.contains("1 of 3 cut at model.context 4")
                    && predicted.errors.contains("1 without a token")
                    && predicted.errors.contains("of 9 tokens unknown"),
                "\(predicted)")
        }

        @Test("A folder for each class, with names that have dots, and a file for each text")
        func folders() throws {
            for (label, word) in [("sci.space", "orbit"), ("sci.med", "pill")] {
                let folder = place.folder("groups/\(label)")
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                for number in 0..<20 {
                    try "the \(word)\nof \(number)\n".write(
                        toFile: "\(folder)/\(number).txt", atomically: false, encoding: .utf8)
                }
            }
            try write("not a text", to: "groups/README")
            let outcome = try train(
                "sequence-classification", "groups", "--set", "text.tokens=words", "--set", "model.width=8", "--epochs",
                "1")
            #expect(outcome.output.contains("36 texts to train on and 4 to test on, 2 classes"), "\(outcome)")
            #expect(outcome.output.contains("skipped: README"), "\(outcome)")
        }

        @Test("What can't be read or used is refused in one short line")
        func refusals() throws {
            try write((0..<20_000).map { "the text \($0)\t\($0 % 2)\n" }.joined(), to: "swapped")
            try write(String(repeating: "abcdefgh", count: 1000), to: "plain")
            let short = String(repeating: "pos\tgood\nneg\tpoor\n", count: 20)
            try write("\(short)neg\t\(String(repeating: "bad", count: 700_000))\n", to: "long")
            try write("a\tb\nc\td\te\n", to: "ragged")
            try Data([0xff, 0xfe] + "abc".utf16.flatMap { [UInt8($0), 0] }).write(
                to: URL(filePath: place.folder("wide")))
            try Data("pos\tgood\nneg\tna".utf8 + [0xef, 0x76, 0x65]).write(to: URL(filePath: place.folder("latin")))
            try Data("BZh91AY&SY".utf8).write(to: URL(filePath: place.folder("text.bz2")))
            let refused: [(arguments: [String], parts: [String])] = [
                (["sequence-classification", "--data", "swapped"], ["different labels", "wrong way round"]),
                (["language-model", "--data", "wide"], ["UTF-16", "iconv"]),
                (["sequence-classification", "--data", "latin"], ["latin line 2", "not UTF-8", "iconv"]),
                (["language-model", "--data", "text.bz2"], ["bzip2", "bunzip2"]),
                (["language-model", "--data", "/dev/zero"], ["line 1", "NUL"]),
                (["translation", "--data", "ragged"], ["ragged line 2", "2 TABs"]),
                (["language-model", "--data", "plain", "--set", "model.context=1000000000"], ["1000000001"]),
                (["translation", "--data", "ragged.none"], ["ragged.none"]),
                (
                    [
                        "sequence-classification", "--data", "long", "--set", "model.context=1000000000", "--set",
                        "model.layers=100",
                    ], ["memory", "model.context"]
                ),
            ]
            for (arguments, parts) in refused {
                for launch in [Launch.alone, .ranks(2)] {
                    let outcome = try place.attempt(launch, ["train"] + arguments, within: 30)
                    expectRefusal(outcome, mentioning: parts)
                    #expect((outcome.errorLines.first?.utf8.count ?? 0) < 1500)
                }
            }
        }

        @Test("Vocabularies and classes that were edited in a checkpoint are refused")
        func editedCheckpoint() throws {
            try write(ExampleTexts.labeledWords(), to: "words")
            _ = try train("sequence-classification", "words", "--set", "model.width=8", "--steps", "2")
            try write("word\n", to: "input")
            try write(String(repeating: "abc def\n", count: 100), to: "prose")
            try place.run(
                .alone,
                [
                    "train", "language-model", "--data", place.folder("prose"), "--model", "rnn", "--steps", "2",
                    "--set",
                    "model.width=8", "--run-dir", place.folder("prose-run"),
                ])
            let edits: [(run: String, name: String, value: String)] = [
                ("run", "classes", "[]"), ("run", "classes", #"["open","open"]"#), ("run", "classes", #"["open"]"#),
                ("run", "classes", "{}"), ("run", "vocabulary", #"{"unit":"characters","tokens":[]}"#),
                ("run", "vocabulary", #"{"unit":"characters","tokens":["a","a"]}"#),
                ("prose-run", "characters", #""""#), ("prose-run", "characters", #""ba""#),
                ("prose-run", "characters", "1"),
            ]
            for (run, name, value) in edits {
                let file = URL(filePath: try place.files(of: run).newestCheckpoint + "/state.json")
                let original = try Data(contentsOf: file)
                var state = try #require(try JSONSerialization.jsonObject(with: original) as? [String: Any])
                var preparation = try #require(state["preparation"] as? [String: String])
                #expect(preparation[name] != nil)
                preparation[name] = value
                state["preparation"] = preparation
                try JSONSerialization.data(withJSONObject: state).write(to: file)
                let commands =
                    run == "run"
                    ? [["evaluate", place.folder(run)], ["predict", place.folder(run), place.folder("input")]]
                    : [["evaluate", place.folder(run)], ["generate", place.folder(run), "--tokens", "3"]]
                for command in commands { expectRefusal(try place.attempt(.alone, command), mentioning: []) }
                try original.write(to: file)
            }
        }

        @Test("Prompts and options beyond the model are refused or said")
        func options() throws {
            try write(String(repeating: "abc def\n", count: 100), to: "prose")
            _ = try train(
                "language-model", "prose", "--model", "gpt", "--steps", "2", "--set", "model.width=8", "--set",
                "model.heads=2", "--set", "model.context=5", "--set", "schedule.warmup_steps=0")
            let generate = ["generate", place.folder("run"), "--tokens", "2"]
            expectRefusal(
                try place.attempt(.alone, generate + ["--prompt", "xéxa"]),
                mentioning: [#"the characters "x", "\u{00E9}" do not occur"#])
            expectRefusal(try place.attempt(.alone, generate + ["--prompt", ""]), mentioning: ["prompt is empty"])
            let long = try place.run(.alone, generate + ["--prompt", String(repeating: "abc ", count: 300)])
            #expect(
                long.output.unicodeScalars.count == 1203 && long.errors.contains("the model sees the last 5"), "\(long)"
            )
            for option in [["--beam", "9223372036854775807"], ["--beam", "0"], ["--length-penalty", "1e30"]] {
                let outcome = try place.attempt(.alone, ["predict", place.folder("run")] + option)
                #expect(outcome.exit == .code(64) && outcome.errors.contains(option[0] + " must be from"), "\(outcome)")
            }
        }
    }
}
