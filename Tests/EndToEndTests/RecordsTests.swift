import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The records of a run on three ranks")
    struct RecordsTests {
        let place: Workplace
        let run: RunFiles
        let outcome: Outcome

        init() throws {
            place = try Workplace()
            run = place.files(of: "run")
            outcome = try place.run(
                .ranks(3),
                place.training(
                    "run", ["--epochs", "2", "--set", "log.every=10", "--set", "checkpoint.every=20"]))
        }

        private func count(_ text: String) -> Int { outcome.output.components(separatedBy: text).count - 1 }

        @Test("are printed once, by one rank, and errors are not")
        func printedOnce() {
            for text in [
                "Lockstep: fashion-mnist", "Finished", "test accuracy", "run directory", "step 19  training loss",
            ] {
                #expect(count(text) == 1, "\(text): \(outcome)")
            }
            #expect(count("3 × 1 thread") + count("3 x 1 thread") == 2, "\(outcome)")
            #expect(outcome.errors.isEmpty, "\(outcome)")
        }

        @Test("have a line of JSON for each tenth step and the last, with all its numbers")
        func steps() throws {
            let steps = try run.metrics("step")
            #expect(steps.map { $0["step"] as? Int } == [10, 20, 30, 38])
            #expect(steps.map { $0["epoch"] as? Int } == [1, 2, 2, 2])
            #expect(steps.map { $0["samples"] as? Int } == [320, 632, 952, 1200])
            for step in steps {
                for name in [
                    "loss", "learning_rate", "samples_per_second", "gradient_norm", "data_ms", "forward_ms",
                    "backward_ms",
                    "exposed_communication_ms", "optimizer_ms",
                ] {
                    let number = try #require(step[name] as? Double, "\(name)")
                    #expect(number.isFinite && number >= 0, "\(name)")
                }
                for name in ["loss", "samples_per_second", "gradient_norm", "forward_ms", "backward_ms"] {
                    #expect(step[name] as? Double ?? 0 > 0, "\(name)")
                }
            }
        }

        @Test("have a line for each evaluation, checkpoint and the end, in order, and for nothing else")
        func events() throws {
            let events = try run.metrics().compactMap { $0["event"] as? String }
            #expect(
                events.filter { $0 != "checkpoint" } == [
                    "step", "evaluation", "step", "step", "step", "evaluation", "summary",
                ])
            // a checkpoint has its line once it is on the disk: after the line of its step, and before the end
            let places = events.indices.filter { events[$0] == "checkpoint" }
            #expect(places.count == 2 && places[0] > 2 && places[1] > 5 && places[1] < events.count - 1)
            #expect(try run.numbers("step", of: "checkpoint") == [20, 38])
            for evaluation in try run.metrics("evaluation") {
                #expect(evaluation["samples"] as? Int == ExampleImages.testCount)
                #expect(evaluation["loss"] as? Double ?? 0 > 0)
                #expect((0...1).contains(evaluation["accuracy"] as? Double ?? -1))
            }
            let summary = try #require(try run.metrics("summary").first)
            #expect(summary["ranks"] as? Int == 3 && (summary["peak_memory_bytes"] as? [Int])?.count == 3)
            let paths = try run.metrics("checkpoint").compactMap { $0["path"] as? String }
            #expect(try paths.count == 2 && paths.last == run.newestCheckpoint)
            #expect(summary["checkpoint"] as? String == paths.last)
        }

        @Test("say in manifest.json with what each start ran: version, hosts, ranks, threads, seed, libraries")
        func manifest() throws {
            try place.run(
                .ranks(2),
                place.training(
                    "run",
                    [
                        "--epochs", "3", "--resume", "--set", "threads=2", "--set", "schedule.steps=38", "--set",
                        "optimizer.learning_rate=0.01",
                    ]))
            let data = try Data(contentsOf: URL(filePath: run.path + "/manifest.json"))
            let manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(manifest["seed"] as? Int == 1 && manifest["shards"] as? Int == 4)
            #expect(manifest["recipe"] as? String == "fashion-mnist")
            let starts = try #require(manifest["starts"] as? [[String: Any]])
            #expect(starts.map { $0["ranks"] as? Int } == [3, 2])
            #expect(starts.map { $0["threads"] as? Int } == [1, 2])
            #expect(starts.map { $0["step"] as? Int } == [0, 38])
            #expect(starts[0]["changed"] == nil)
            let changed = [
                "epochs: 2 -> 3", "threads: 1 -> 2", "optimizer.learning_rate: 0.05 -> 0.01",
                "schedule.steps: automatic -> 38",
            ]
            #expect(starts[1]["changed"] as? [String] == changed)
            #expect(try run.metrics("resume").map { $0["changed"] as? [String] } == [changed])
            #expect(starts.allSatisfy { ($0["data"] as? String)?.contains("600 training") == true })
            let version = try place.run(.alone, ["--version"]).output
            for start in starts {
                let number = try #require(start["version"] as? String)
                #expect(version == "lockstep \(number)\n")
                let hosts = try #require(start["hosts"] as? [String])
                #expect(hosts == [ProcessInfo.processInfo.hostName])
                let libraries = try #require(start["libraries"] as? [String: String])
                #expect(libraries["oneDNN"]?.contains("oneDNN") == true && libraries["MPI"]?.contains("MPI") == true)
                #expect((start["command_line"] as? [String])?.contains("train") == true)
                #expect((start["started"] as? String)?.hasPrefix("20") == true)
            }
        }

        @Test(
            "hold settings that can be trained from: the file gives the same bytes",
            arguments: [Launch.alone, .ranks(2)])
        func settings(launch: Launch) throws {
            try place.run(launch, ["train", run.path + "/settings.yaml", "--run-dir", place.folder("again")])
            #expect(try place.files(of: "again").saved == run.saved)
        }
    }
}
