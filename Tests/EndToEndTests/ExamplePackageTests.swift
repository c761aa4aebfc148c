import Foundation
import TestSupport
import Testing

/// The program of `Tests/ExamplePackage`, a package outside of this one; `launch/check` builds it and names its path.
private let trainer = ProcessInfo.processInfo.environment["LOCKSTEP_EXAMPLE"]

extension EndToEnd {
    @Suite(
        "A program of one's own, with a recipe from another package",
        .enabled(if: trainer != nil, "launch/check builds Tests/ExamplePackage and sets LOCKSTEP_EXAMPLE"))
    struct ExamplePackageTests {
        let folder: TemporaryFolder
        let program: String

        init() throws {
            folder = try TemporaryFolder()
            program = try #require(trainer)
            try ExampleRecordings.write(to: folder("recordings"))
        }

        /// Runs the program on so many ranks, or alone.
        func attempt(_ arguments: [String], ranks: Int? = nil) throws -> Outcome {
            let mpirun = ranks.map { ["mpirun", "-n", "\($0)", "--oversubscribe", "--bind-to", "none"] } ?? []
            return try Job(mpirun + [program] + arguments, in: folder.path).finish()
        }

        @discardableResult
        func run(_ arguments: [String], ranks: Int? = nil) throws -> Outcome {
            let outcome = try attempt(arguments, ranks: ranks)
            guard outcome.exit == .code(0) else { throw Failed(outcome: outcome) }
            return outcome
        }

        func train(_ run: String, _ options: [String] = [], ranks: Int) throws -> RunFiles {
            try self.run(
                ["train", "bearings", "--data", folder("recordings"), "--shards", "4", "--run-dir", folder(run)]
                    + options, ranks: ranks)
            return RunFiles(path: folder(run))
        }

        @Test("trains on 2 ranks, resumes on 3 to the same bytes, evaluates and predicts")
        func whole() throws {
            let straight = try train("straight", ["--epochs", "40"], ranks: 2)
            _ = try train("resumed", ["--epochs", "15"], ranks: 2)
            let resumed = try train("resumed", ["--epochs", "40", "--resume"], ranks: 3)
            #expect(try resumed.saved == straight.saved)

            let evaluation = try #require(try straight.metrics("evaluation").last)
            let metrics = try #require(evaluation["metrics"] as? [String: Any], "\(evaluation)")
            let output = try run(["evaluate", straight.path]).output
            for name in ["error_hours", "coverage"] {
                let value = try #require(metrics[name] as? Double, "\(metrics)")
                #expect(
                    output.split(separator: "\n").contains { $0.hasPrefix(name) && $0.hasSuffix("\(value)") },
                    "\(output)")
            }

            // a constant would be wrong by a quarter of the range 0 to 100, the mean of |x - 50|
            let lines = try run(["predict", straight.path, folder("recordings")]).output.split(separator: "\n")
            let errors = try lines.map { line in
                let fields = line.split(separator: "\t")
                let hours = try #require(ExampleRecordings.hours(String(fields[0])))
                return abs(try #require(Double(fields[1])) - hours)
            }
            #expect(errors.count == ExampleRecordings.count)
            #expect(errors.reduce(0, +) / Double(errors.count) < 12.5, "\(lines)")
        }

        @Test("exports its own layers to ONNX and to PyTorch")
        func exports() throws {
            let trained = try train("trained", ["--epochs", "1"], ranks: 1)
            _ = try run(["export", trained.path, "--format", "onnx", "--output", folder("onnx")])
            let onnx = try Data(contentsOf: URL(filePath: folder("onnx/model.onnx")))
            #expect(onnx.range(of: Data("layers.2.filter.weight".utf8)) != nil)
            _ = try run(["export", trained.path, "--format", "pytorch", "--output", folder("pytorch")])
            let python = try String(contentsOf: URL(filePath: folder("pytorch/model.py")), encoding: .utf8)
            #expect(python.contains("filter=nn.Conv1d(16, 16, 3, padding=4, dilation=4)"), "\(python)")
        }

        @Test("trains with its own optimizer and settings, to the same bytes on 1 and 3 ranks, and after resuming")
        func ownOptimizer() throws {
            let options = [
                "--set", "optimizer.name=signum", "--set", "optimizer.momentum=0.8", "--set", "bearings.kernel=5",
            ]
            let one = try train("one", options + ["--epochs", "4"], ranks: 1)
            _ = try train("three", options + ["--epochs", "2"], ranks: 3)
            #expect(try train("three", ["--epochs", "4", "--resume"], ranks: 2).saved == one.saved)
            #expect(try train("other", ["--epochs", "4"], ranks: 1).saved != one.saved)
            let settings = try run(["settings", "bearings"]).output
            #expect(settings.contains("bearings.kernel") && settings.contains("bearings.least_deviation"))
            expectRefusal(
                try attempt(["train", "bearings", "--data", folder("recordings"), "--set", "bearings.kernel=4"]),
                mentioning: ["bearings.kernel is 4", "odd"])
            expectRefusal(
                try attempt(["train", "fashion-mnist", "--set", "bearings.kernel=5"]), mentioning: ["bearings.kernel"])
        }

        @Test("searches its own recipe's settings")
        func search() throws {
            let output = try run(
                [
                    "search", "bearings", "--data", folder("recordings"), "--epochs", "2", "--grid",
                    "optimizer.learning_rate=0.003,0.0003", "--search-dir", folder("search"),
                ], ranks: 2
            ).output
            #expect(output.contains("0.0003"), "\(output)")
            let table = try String(contentsOfFile: folder("search/results.csv"), encoding: .utf8)
            #expect(table.split(separator: "\n").count == 3, "\(table)")
        }

        @Test("goes by its own name, and has Lockstep's recipes beside its own")
        func names() throws {
            #expect(try run(["--version"]).output.hasPrefix("trainer 1.0 (lockstep "))
            #expect(try run(["train", "--help"]).output.contains("USAGE: trainer train "))
            let recipes = try run(["recipes"]).output.split(separator: "\n")
            #expect(recipes.first == "bearings" && recipes.contains("fashion-mnist"))
            expectRefusal(
                try attempt(["train", "bearings", "--data", folder("recordings"), "--set", "nonsense=1"]),
                mentioning: ["nonsense", "'trainer settings'"])
        }

        @Test("refuses a damaged recording with its file, its line, and what was expected, on all ranks together")
        func damaged() throws {
            let file = folder("recordings/recording-07.txt")
            var lines = try String(contentsOfFile: file, encoding: .utf8).components(separatedBy: "\n")
            lines[8] = "1.0e"
            try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
            let arguments = ["train", "bearings", "--data", folder("recordings"), "--run-dir", folder("run")]
            expectRefusal(
                try attempt(arguments), mentioning: ["recording-07.txt line 9", "\"1.0e\"", "a finite number"])
            expectRefusal(try attempt(arguments, ranks: 2), mentioning: ["recording-07.txt line 9"])
        }

        @Test("does not resume on other recordings")
        func otherData() throws {
            _ = try train("run", ["--epochs", "1"], ranks: 1)
            let file = folder("recordings/recording-00.txt")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try text.replacingOccurrences(of: "speed 1", with: "speed 2").write(
                toFile: file, atomically: true, encoding: .utf8)
            let arguments = [
                "train", "bearings", "--data", folder("recordings"), "--shards", "4", "--run-dir", folder("run"),
            ]
            expectRefusal(
                try attempt(arguments + ["--epochs", "2", "--resume"]), mentioning: ["checksum", "not the same"])
        }
    }
}

/// Recordings of bearings: the fewer hours are left, the stronger is a vibration of 1/8 of the sampling rate.
private enum ExampleRecordings {
    static let count = 60

    /// The hours left of a recording, by the name of its file: 0 to 100.
    static func hours(_ name: String) -> Double? {
        name.split(separator: ".").first.flatMap { Double($0.suffix(2)) }.map { $0 * 100 / Double(count - 1) }
    }

    static func write(to path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var random = SplitMix64(state: 11)
        for number in 0..<count {
            let name = "recording-\(number < 10 ? "0" : "")\(number).txt"
            let hours = hours(name) ?? 0
            let amplitude = 0.2 + 2 * (1 - hours / 100)
            var lines = [
                "# bearing recording", "speed \(1000 + random.next() % 1000)", "load \(random.next() % 4)",
                "hours_left \(hours)", "samples",
            ]
            for place in 0..<160 {
                let noise = Double(random.next() % 2000) / 1000 - 1
                lines.append("\(amplitude * sin(Double(place) * .pi / 4) + 0.3 * noise)")
            }
            try (lines.joined(separator: "\n") + "\n").write(
                toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        }
    }
}
