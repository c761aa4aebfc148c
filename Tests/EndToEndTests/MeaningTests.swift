import Checkpoints
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Names, vocabularies and scores are those of the data")
    struct MeaningTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        private func write(_ text: String, to name: String) throws -> String {
            try text.write(toFile: place.folder(name), atomically: true, encoding: .utf8)
            return place.folder(name)
        }

        private func texts(_ name: String, _ characters: String) throws -> String {
            var random = SplitMix64(state: 9)
            let letters = Array(characters)
            return try write(String((0..<1500).map { _ in letters.randomElement(using: &random)! }), to: name)
        }

        @discardableResult
        private func languageModel(_ run: String, _ data: String, _ options: [String] = []) throws -> RunFiles {
            try place.run(
                .alone,
                [
                    "train", "language-model", "--model", "gpt", "--data", data, "--steps", "10", "--run-dir",
                    place.folder(run),
                    "--set", "model.layers=1", "--set", "model.width=16", "--set", "model.context=16", "--set",
                    "schedule.warmup_steps=0",
                ] + options)
            return place.files(of: run)
        }

        @Test("A language model takes from another the embeddings of the characters that both know, and of no others")
        func vocabulary() throws {
            let first = try languageModel("first", texts("first.txt", "abcdefghijklmnopqr"))
            let none = try texts("none.txt", "ABCDEFGHIJKLMNOPQR")
            try languageModel("none", none, ["--init-from", first.path])
            let scratch = try languageModel("scratch", none)
            let report = try String(contentsOfFile: place.folder("none/transfer.txt"), encoding: .utf8)
            #expect(
                report.contains("left out  tokens.weight: none of its 18 characters is there"), "\(report)")
            // as far from these data as a model that begins anew: at most a little over log(18) = 2.89
            let (found, fresh) = (
                try #require(try place.files(of: "none").numbers("loss", of: "evaluation").last),
                try #require(try scratch.numbers("loss", of: "evaluation").last)
            )
            #expect(found < fresh + 0.3, "\(found) \(fresh)")

            let half = try texts("half.txt", "ijklmnopqrstuvwxyz")
            let still = ["--set", "optimizer.learning_rate=0"]
            let begun = try languageModel("begun", half, ["--init-from", first.path] + still)
            let fresh2 = try languageModel("fresh", half, still)
            let shared = try String(contentsOfFile: place.folder("begun/transfer.txt"), encoding: .utf8)
            #expect(shared.contains("by name  tokens.weight: 10 of 18 characters"), "\(shared)")
            func rows(_ run: RunFiles) throws -> [[Float]] {
                let tensors = try CheckpointStore.load(at: try run.newestCheckpoint).model
                let values = try #require(tensors.first { $0.name == "tokens.weight" }).values
                return stride(from: 0, to: values.count, by: 16).map { Array(values[$0..<($0 + 16)]) }
            }
            // i…r are the last ten there and the first ten here
            #expect(try rows(begun)[..<10] == rows(first)[8...])
            #expect(try rows(begun)[10...] == rows(fresh2)[10...])
        }

        @Test("Images without names have the numbers of their labels, others the names of a file beside them")
        func classNames() throws {
            let names = (0..<10).map { "class \($0), \(String(repeating: "x", count: $0 + 1))" }
            try place.run(.alone, place.training("numbers", ["--steps", "5"]))
            try place.run(.alone, ["predict", place.folder("numbers"), "--index", "0", "--data", place.folder("data")])
            for (run, expected) in [("numbers", (0..<10).map(String.init)), ("names", names)] {
                if run == "names" {
                    // with a byte order mark, line ends of Windows and an empty last line
                    _ = try write("\u{feff}" + names.joined(separator: "\r\n") + "\r\n\r\n", to: "data/classes.txt")
                    let outcome = try place.run(.alone, place.training("names", ["--steps", "5"]))
                    #expect(outcome.output.contains("10 classes by classes.txt: class 0, x, class 1, xx"), "\(outcome)")
                }
                let outcome = try place.run(
                    .alone, ["predict", place.folder(run), "--index", "3", "--data", place.folder("data")])
                let head = try #require(outcome.output.split(separator: "\n").first)
                let columns = expected.map { $0.contains(",") ? "\"\($0)\"" : $0 }.joined(separator: ",")
                #expect(head == "image,class,probability,\(columns)", "\(outcome)")
            }
        }

        @Test(
            "The header names the folder, the number and size of the images, and their classes; Fashion-MNIST is known by content"
        )
        func header() throws {
            let outcome = try place.run(.alone, place.training("run", ["--steps", "2"]))
            #expect(
                outcome.output.contains(
                    "\(place.folder("data")), 600 training and 1,100 test images of 28×28, 10 classes: numbers"),
                "\(outcome)")
            let package = "/usr/share/datasets/fashion-mnist"
            guard FileManager.default.fileExists(atPath: package) else { return }
            // wherever it is
            try FileManager.default.createSymbolicLink(atPath: place.folder("elsewhere"), withDestinationPath: package)
            let known = try place.run(
                .alone,
                [
                    "train", "fashion-mnist", "--explain", "--data", place.folder("elsewhere"), "--set",
                    "model.hidden=[8]",
                ])
            #expect(known.output.contains("10 classes: T-shirt/top, Trouser, Pullover, …"), "\(known)")
        }

        @Test("The number of classes and the size of the images are those of the data")
        func sizes() throws {
            let folder = place.folder("small")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (images, labels, count) in [
                (ExampleImages.trainingImages, ExampleImages.trainingLabels, 60),
                (ExampleImages.testImages, ExampleImages.testLabels, 20),
            ] {
                let pixels = (0..<(count * 15)).map { UInt8($0 * 7 % 256) }
                try Data(ExampleImages.header([count, 3, 5]) + pixels).write(to: URL(filePath: "\(folder)/\(images)"))
                let classes = (0..<count).map { UInt8($0 % 13) }
                try Data(ExampleImages.header([count]) + classes).write(to: URL(filePath: "\(folder)/\(labels)"))
            }
            let arguments = ["train", "fashion-mnist", "--data", folder, "--steps", "3", "--run-dir"]
            let outcome = try place.run(.alone, arguments + [place.folder("run"), "--set", "model.hidden=[4]"])
            #expect(outcome.output.contains("mlp 15-4-13"), "\(outcome)")
            #expect(outcome.output.contains("images of 3×5, 13 classes: numbers"), "\(outcome)")
            let refused = try place.attempt(.alone, arguments + [place.folder("other"), "--model", "lenet5"])
            expectRefusal(refused, mentioning: ["lenet5", "28×28", "3×5", "mlp"])
        }

        @Test(
            "Fewer names than classes, a name twice and an empty name are refused",
            arguments: [
                ("a\nb\n", ["labels-idx1-ubyte", "0 to 1"]), ("a\nb\na\n", ["classes.txt line 3", "\"a\" again"]),
                ("a\n\nb\n", ["classes.txt line 2", "no name"]),
            ])
        func badNames(text: String, parts: [String]) throws {
            _ = try write(text, to: "data/classes.txt")
            expectRefusal(try place.attempt(.alone, place.training("run", ["--steps", "2"])), mentioning: parts)
        }

        @Test("evaluate says when the data are not the run's, by their checksum, and nothing where they are")
        func otherData() throws {
            let run = try place.train(.alone, "run", ["--steps", "5"])
            #expect(!(try place.run(.alone, ["evaluate", run.path]).output.contains("note")))
            try ExampleImages.write(to: place.folder("other"), test: 700)
            for launch in [Launch.alone, .ranks(2)] {
                let outcome = try place.run(launch, ["evaluate", run.path, "--data", place.folder("other")])
                let note = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("note") })
                for part in ["other data than the run's: test checksum crc32:", "; found crc32:", place.folder("data")]
                {
                    #expect(note.contains(part), "\(outcome)")
                }
            }
        }

        @Test("Classes are compared by name on evaluation: those that the model does not know count as wrong")
        func otherClasses() throws {
            let names = (0..<10).map { "class \($0)" }
            _ = try write(names.joined(separator: "\n"), to: "data/classes.txt")
            let run = try place.train(.alone, "run", ["--epochs", "1"])
            func evaluate(_ names: [String]) throws -> [String: Any] {
                try ExampleImages.write(to: place.folder("other"))
                try names.joined(separator: "\n").write(
                    toFile: place.folder("other/classes.txt"), atomically: true, encoding: .utf8)
                try place.run(
                    .alone,
                    ["evaluate", run.path, "--data", place.folder("other"), "--json", place.folder("scores.json")])
                let data = try Data(contentsOf: URL(filePath: place.folder("scores.json")))
                return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            }
            let same = try evaluate(names)
            let unknown = try evaluate(names.prefix(9) + ["something else"])
            let labels = try Data(contentsOf: URL(filePath: place.folder("data/\(ExampleImages.testLabels)")))
            let lost = labels.dropFirst(8).count { $0 == 9 }
            #expect(unknown["samples"] as? Int == ExampleImages.testCount)
            func classes(_ scores: [String: Any]) throws -> [[String: Any]] {
                try #require(scores["classes"] as? [[String: Any]])
            }
            let last = try #require(try classes(unknown).last)
            #expect(last["name"] as? String == "(unknown)" && last["samples"] as? Int == lost && lost > 0)
            // all but the samples of the lost class are right as before
            func right(_ scores: [String: Any]) throws -> Int {
                let cells = try #require(scores["confusion"] as? [[String: Any]])
                return cells.filter { $0["label"] as? String == $0["prediction"] as? String }
                    .reduce(0) { $0 + ($1["samples"] as? Int ?? 0) }
            }
            let found = try #require(try classes(same)[9]["recall"] as? Double)
            #expect(try right(unknown) == right(same) - Int((found * Double(lost)).rounded()))
            try ExampleImages.write(to: place.folder("strange"))
            _ = try write((0..<10).map { "other \($0)" }.joined(separator: "\n"), to: "strange/classes.txt")
            expectRefusal(
                try place.attempt(.alone, ["evaluate", run.path, "--data", place.folder("strange")]),
                mentioning: ["other 0", "a class that the model knows", "class 0"])
        }

        @Test("evaluate writes the scores and the whole confusion matrix, the same on any number of ranks")
        func confusion() throws {
            let run = try place.train(.alone, "run", ["--epochs", "1"])
            var files: [String] = []
            for launch in [Launch.alone, .ranks(3)] {
                let outcome = try place.run(
                    launch,
                    ["evaluate", run.path, "--confusion", place.folder("matrix.csv"), "--json", place.folder("s.json")])
                let matrix = try String(contentsOfFile: place.folder("matrix.csv"), encoding: .utf8)
                let rows = matrix.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
                #expect(rows[0] == ["true class"] + (0..<10).map(String.init))
                let counts = rows.dropFirst().map { $0.dropFirst().compactMap { Int($0) } }
                #expect(counts.count == 10 && counts.joined().reduce(0, +) == ExampleImages.testCount)
                let accuracy =
                    Double(counts.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(ExampleImages.testCount)
                let line = outcome.output.split(separator: "\n").first { $0.hasPrefix("accuracy ") }
                #expect(line?.hasSuffix(" \(accuracy)") == true, "\(outcome)")
                #expect(outcome.output.contains("true→predicted"), "\(outcome)")
                files.append(matrix + (try String(contentsOfFile: place.folder("s.json"), encoding: .utf8)))
            }
            #expect(files[0] == files[1])
        }

        @Test("Weights of classes make the loss PyTorch's weighted mean, balanced ones scikit-learn's")
        func classWeights() throws {
            let labels = Array(
                try Data(contentsOf: URL(filePath: place.folder("data/\(ExampleImages.trainingLabels)"))))[8...]
            let counts = (0..<10).map { label in labels.count { $0 == label } }
            // n / (k·nᵢ): sklearn.utils.class_weight.compute_class_weight
            let balanced = counts.map { 600 / (10 * Double($0)) }
            var named = [Double](repeating: 1, count: 10)
            (named[3], named[7]) = (5, 0)
            for (text, weights) in [("balanced", balanced), ("3=5,7=0", named)] {
                let run = try place.train(
                    .alone, "run-\(text.prefix(1))",
                    ["--steps", "3", "--set", "optimizer.learning_rate=0", "--set", "loss.class_weights=\(text)"])
                let indices = (0..<200).flatMap { ["--index", "\($0)"] }
                let outcome = try place.run(.alone, ["predict", run.path, "--data", place.folder("data")] + indices)
                let test = Array(try Data(contentsOf: URL(filePath: place.folder("data/\(ExampleImages.testLabels)"))))[
                    8...]
                var (sum, weight) = (0.0, 0.0)
                for (row, label) in zip(outcome.output.split(separator: "\n").dropFirst(), test) {
                    let probability = try #require(Double(row.split(separator: ",")[3 + Int(label)]))
                    sum -= weights[Int(label)] * log(probability)
                    weight += weights[Int(label)]
                }
                // the loss of all 1,100 test samples by a run on the first 200 of them
                let folder = place.folder("first-\(text.prefix(1))")
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                for name in [ExampleImages.trainingImages, ExampleImages.trainingLabels] {
                    try FileManager.default.copyItem(atPath: place.folder("data/\(name)"), toPath: "\(folder)/\(name)")
                }
                let images = try Data(contentsOf: URL(filePath: place.folder("data/\(ExampleImages.testImages)")))
                try (Data(ExampleImages.header([200, 28, 28])) + images.dropFirst(16).prefix(200 * 784))
                    .write(to: URL(filePath: "\(folder)/\(ExampleImages.testImages)"))
                try Data(ExampleImages.header([200]) + test.prefix(200))
                    .write(to: URL(filePath: "\(folder)/\(ExampleImages.testLabels)"))
                try place.run(
                    .ranks(2), ["evaluate", run.path, "--data", folder, "--json", place.folder("scores.json")])
                let data = try Data(contentsOf: URL(filePath: place.folder("scores.json")))
                let scores = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
                let loss = try #require(scores["loss"] as? Double)
                #expect(abs(loss - sum / weight) < 1e-5 * loss, "\(loss) \(sum / weight)")
            }
            let unknown = try place.attempt(.alone, place.training("unknown", ["--set", "loss.class_weights=cat=2"]))
            expectRefusal(unknown, mentioning: ["loss.class_weights", "cat", "0, 1, 2"])
        }

        @Test("A transposed square matrix of another library is taken by the layout of the rest of its file")
        func layout() throws {
            let options = ["--set", "model.hidden=[16, 16]", "--set", "optimizer.learning_rate=0", "--steps", "1"]
            let run = try place.train(.alone, "run", options)
            let own = try SafetensorsFile(path: run.newestCheckpoint + "/model.safetensors")
            #expect(own.metadata["layout.layers.1.weight"] == "[inputs, outputs]")
            // as PyTorch has them, without a word on it
            var (entries, bytes): ([String], [UInt8]) = ([], [])
            for tensor in try own.tensors() {
                var (shape, values) = (tensor.shape, tensor.values)
                if let columns = shape.last, shape.count == 2 {
                    let rows = shape[0]
                    values = (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
                    shape = [columns, rows]
                }
                let data = values.withUnsafeBytes { Array($0) }
                let offsets = "[\(bytes.count),\(bytes.count + data.count)]"
                entries.append("\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":\(offsets)}")
                bytes += data
            }
            let header = Array("{\(entries.joined(separator: ","))}".utf8)
            let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
            let file = place.folder("pytorch.safetensors")
            try Data(length + header + bytes).write(to: URL(filePath: file))
            let training = place.training("other", options + ["--seed", "5", "--init-from", file])
            try place.run(.alone, training)
            let found = try CheckpointStore.load(at: try place.files(of: "other").newestCheckpoint).model
            #expect(found == (try CheckpointStore.load(at: try run.newestCheckpoint)).model)
        }
    }
}
