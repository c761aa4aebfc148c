import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The benchmarks, and what is said before a run")
    struct BenchmarkTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        private func json(_ name: String) throws -> [String: Any] {
            let data = try Data(contentsOf: URL(filePath: place.folder(name)))
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }

        @Test("allreduce measures our paths beside MPI_Allreduce, once per size; one rank alone is refused")
        func allreduce() throws {
            let options = ["benchmark", "allreduce", "--sizes", "4KB,100KB", "--seconds", "0.01"]
            let outcome = try place.run(.ranks(2), options + ["--json", place.folder("a.json")])
            let rows = try #require(try json("a.json")["rows"] as? [[String: Any]])
            let paths = rows.compactMap { $0["path"] as? String }
            #expect(
                paths == ["shared_memory", "messages", "MPI_Allreduce"] + [
                    "shared_memory", "messages", "MPI_Allreduce",
                ])
            #expect(outcome.output.contains("left out: hosts: "), "\(outcome)")
            #expect(outcome.output.split(separator: "\n").filter { $0.contains("shared_memory  ") }.count == 2)
            // two ranks, each counted as a host
            let apart = try place.run(.ranks(2), options + ["--ranks-per-host", "1"])
            #expect(apart.output.contains("hosts  ") && apart.output.contains("left out: shared_memory"), "\(apart)")
            expectRefusal(try place.attempt(.alone, options), mentioning: ["at least 2 ranks", "launch/local 2"])
        }

        @Test("scaling starts the ranks itself, measures both ways and the bound, and says what costs time")
        func scaling() throws {
            let outcome = try place.run(
                .alone,
                [
                    "benchmark", "scaling", "fashion-mnist", "--data", place.folder("data"), "--set",
                    "model.hidden=[32, 16]", "--global-batch", "32", "--ranks", "2,1", "--steps", "4", "--warm-up", "1",
                    "--json", place.folder("s.json"),
                ])
            for part in ["strong scaling", "weak scaling", "bound of the machine", "where a step goes", "2 ranks: "] {
                #expect(outcome.output.contains(part), "\(part): \(outcome)")
            }
            let points = try #require(try json("s.json")["points"] as? [[String: Any]])
            #expect(points.compactMap { $0["ranks"] as? Int } == [1, 2, 1, 2])
            #expect(points.compactMap { $0["global_batch"] as? Int } == [32, 32, 32, 64])
            let last = try #require(points.last)
            #expect((last["verdict"] as? String)?.isEmpty == false && last["bound_speedup"] is Double)
            expectRefusal(
                try place.attempt(.ranks(1), ["benchmark", "scaling"]), mentioning: ["starts mpirun itself"])
        }

        @Test("project takes measured steps from files, and says what it takes for granted")
        func project() throws {
            var files: [String] = []
            for batch in ["64", "16"] {
                let outcome = try place.run(
                    .alone,
                    ["benchmark", "step", "--global-batch", batch, "--steps", "5", "--warm-up", "2", "--json"])
                files += ["--measured", place.folder("\(batch).json")]
                try outcome.output.write(toFile: place.folder("\(batch).json"), atomically: false, encoding: .utf8)
            }
            let outcome = try place.run(
                .alone,
                ["benchmark", "project"] + files + [
                    "--hosts", "1024", "--ranks-per-host", "8", "--bandwidth", "25gbit", "--latency", "2us",
                    "--json", place.folder("p.json"),
                ])
            #expect(outcome.output.contains(" 1024   8192 "), "\(outcome)")
            #expect(outcome.output.contains("This rests on:") && outcome.output.contains("25.00 Gbit/s"))
            let rows = try #require(try json("p.json")["rows"] as? [[String: Any]])
            #expect(rows.compactMap { $0["hosts"] as? Int } == (0...10).map { 1 << $0 })
            let wrong = try place.attempt(.alone, ["benchmark", "project", "--bandwidth", "fast"])
            #expect(wrong.exit == .code(64) && wrong.errors.contains("25gbit"), "\(wrong)")
        }

        @Test("Every benchmark writes its figures to --json FILE, and to the standard output with --json alone or -")
        func jsonEverywhere() throws {
            let step = ["benchmark", "step", "--global-batch", "8", "--steps", "2", "--warm-up", "1"]
            let toFile = try place.run(.alone, step + ["--json", place.folder("step.json")])
            #expect(toFile.output.contains("median ms"), "\(toFile)")
            #expect(try json("step.json")["steps"] as? Int == 2)
            for form in [["--json"], ["--json", "-"], ["--json", "--operations"]] {
                let output = try place.run(.alone, step + form).output
                #expect(output.hasPrefix("{") && output.split(separator: "\n").count == 1, "\(form): \(output)")
            }
            let kernels = ["benchmark", "kernels", "--filter", "add", "--seconds", "0.01"]
            _ = try place.run(.alone, kernels + ["--json", place.folder("kernels.json")])
            #expect(try json("kernels.json")["rows"] is [Any])
            #expect(try place.run(.alone, kernels + ["--json"]).output.hasPrefix("{"))
            let project = ["benchmark", "project", "--measured", place.folder("step.json"), "--hosts", "4", "--json"]
            #expect(try place.run(.alone, project).output.hasPrefix("{"))
            // what cannot be written is known before anything is measured
            let nowhere = try place.attempt(.alone, step + ["--json", place.folder("no/step.json")])
            #expect(nowhere.exit == .code(1) && nowhere.output.isEmpty, "\(nowhere)")
            #expect(nowhere.errors.contains("its directory does not exist"), "\(nowhere)")
            let recipe = try place.attempt(.alone, ["benchmark", "step", "--json", "fashion-mnist"])
            #expect(recipe.exit == .code(64) && recipe.errors.contains("is a recipe"), "\(recipe)")
        }

        @Test(
            "Numbers without bounds are refused before arithmetic",
            arguments: [
                ["step", "--steps", "9223372036854775807"], ["step", "--warm-up", "9223372036854775807"],
                ["step", "--warm-up", "-1"], ["scaling", "--steps", "9223372036854775807"],
                ["scaling", "--batch-per-rank", "9223372036854775807"],
                ["scaling", "--repeats", "9223372036854775807"],
                ["allreduce", "--bucket-kilobytes", "9223372036854775807"], ["allreduce", "--ranks-per-host", "-1"],
                ["allreduce", "--sizes", "9223372036854775807GB"],
                ["project", "--ranks-per-host", "9223372036854775807"],
                ["project", "--batch-per-rank", "9223372036854775807"],
                ["project", "--hosts", "1000000", "--ranks-per-host", "1000000"],
                ["project", "--strong-batch", "9223372036854775807"], ["project", "--bandwidth", "1e-300gbit"],
                ["project", "--latency", "1e300s"], ["kernels", "--seconds", "nan"],
            ])
        func bounds(arguments: [String]) throws {
            let outcome = try place.attempt(.alone, ["benchmark"] + arguments)
            #expect(outcome.exit == .code(64) && outcome.errors.contains("--"), "\(outcome)")
        }

        @Test("Measurements that were edited are refused")
        func editedMeasurements() throws {
            let step = ["benchmark", "step", "--global-batch", "8", "--steps", "2", "--warm-up", "1", "--json"]
            let text = try place.run(.alone, step).output
            for (what, changed) in [
                ("no rank", text.replacing(#""ranks":1"#, with: #""ranks":0"#)),
                ("a short column", text.replacing(/"forward":\[[^\]]*\]/, with: #""forward":[]"#)),
                ("nothing", ""),
            ] {
                #expect(changed != text)
                try changed.write(toFile: place.folder("edited.json"), atomically: false, encoding: .utf8)
                let outcome = try place.attempt(
                    .alone, ["benchmark", "project", "--measured", place.folder("edited.json")])
                #expect(outcome.exit == .code(1) && outcome.errors.contains("edited.json has"), "\(what): \(outcome)")
            }
            let device = try place.attempt(.alone, ["benchmark", "project", "--measured", "/dev/zero"])
            #expect(device.exit == .code(1) && device.errors.contains("is no file"), "\(device)")
        }

        @Test("train --explain says what would be done, the same on any ranks where it is the same, and does nothing")
        func explain() throws {
            let arguments = [
                "train", "fashion-mnist-large-batch", "--data", place.folder("data"), "--set", "model.hidden=[32, 16]",
                "--global-batch", "512", "--epochs", "3", "--explain", "--run-dir", place.folder("run"),
            ]
            let two = try place.run(.ranks(2), arguments)
            #expect(!FileManager.default.fileExists(atPath: place.folder("run")))
            for line in [
                "2 of 1 thread, 256 samples of each step on each", "512 samples in 2 shards of 256",
                "6 steps, 2 in an epoch, the last of 88 samples; 3 epochs", "lars",
                // 3 of the 6 steps warm up, for 30 are asked for
                "0.6 x 512/256 = 1.2, reached over 3 steps (half of the 6; schedule.warmup_steps is 30), then cosine: 0.3",
                "in 1 bucket, summed each step in memory that the ranks share",
                // 25,818 weights, and as many momenta
                "weights 103.27 KB and optimizer with averages 103.27 KB",
            ] { #expect(two.output.contains(line), "\(line): \(two)") }
            let alone = try place.run(.alone, arguments)
            #expect(alone.output.contains("on one rank: nothing is sent"), "\(alone)")
        }

        @Test("A plot without gnuplot is refused before anything is measured, with what to install")
        func noGnuplot() throws {
            let job = try Job(
                ["env", "PATH=/nowhere", try Workplace.program, "benchmark", "scaling", "--plot", "s.svg"],
                in: place.folder.path)
            let outcome = try job.finish()
            #expect(outcome.exit == .code(64) && outcome.output.isEmpty, "\(outcome)")
            #expect(outcome.errors.contains("apt-get install gnuplot-nox"), "\(outcome)")
        }

        @Test("A rank that is stopped most of the time is named as the straggler")
        func stoppedRank() throws {
            let job = try place.start(
                .ranks(2),
                ["benchmark", "step", "--global-batch", "1024", "--steps", "8", "--warm-up", "1"])
            var stopped: pid_t?
            while !job.hasEnded {
                stopped = stopped ?? job.process(ofRank: 1)
                guard let stopped else {
                    usleep(1000)
                    continue
                }
                kill(stopped, SIGSTOP)
                usleep(30_000)
                kill(stopped, SIGCONT)
                usleep(5_000)
            }
            let outcome = try job.finish()
            #expect(outcome.output.contains("the main cause is a straggler, rank 1"), "\(outcome)")
        }
    }
}
