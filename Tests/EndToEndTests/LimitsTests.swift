import Foundation
import TestSupport
import Testing

/// A control group of version 1 of the test's own, as long as the last reference to it lives.
private final class ControlGroup {
    private let folder: String

    init(_ controller: String, _ limits: [String: String]) throws {
        folder = "/sys/fs/cgroup/\(controller)/lockstep-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for (name, value) in limits { try Data(value.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
    }

    deinit { rmdir(folder) }

    /// A command that runs `words` in the group.
    func command(_ words: [String]) -> [String] {
        ["bash", "-c", "echo $$ >\"$0/cgroup.procs\"; exec \"$@\"", folder] + words
    }

    static let arePermitted =
        (try? ControlGroup("memory", ["memory.limit_in_bytes": "314572800"])) != nil
        && (try? ControlGroup("cpu", ["cpu.cfs_quota_us": "100000"])) != nil
}

extension EndToEnd {
    @Suite("The limits of the process")
    struct LimitsTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        private func training(_ options: String...) throws -> [String] {
            [try Workplace.program] + place.training("run", ["--steps", "2"] + options.flatMap { ["--set", $0] })
        }

        @Test(
            "count for a model that is larger than its control group's memory: it is refused before it is made",
            .enabled(if: ControlGroup.arePermitted))
        func controlGroup() throws {
            let group = try ControlGroup("memory", ["memory.limit_in_bytes": "314572800"])
            let large = try Job(group.command(try training("model.hidden=[9000,9000]")), in: place.folder.path).finish()
            #expect(large.exit == .code(1), "\(large)")
            #expect(large.errors.hasPrefix("error: the layers of model.hidden make "), "\(large)")
            #expect(large.errors.contains("its control group (memory.limit_in_bytes) has 0.3 GiB"), "\(large)")
            let small = try Job(group.command(try training()), in: place.folder.path).finish()
            #expect(small.exit == .code(0), "\(small)")
        }

        @Test("count as well where they are the process's own, and in --explain, with the data")
        func ownLimit() throws {
            let limited = ["bash", "-c", "ulimit -v 4194304; exec \"$0\" \"$@\""]
            let words = try training("model.hidden=[30000,30000]")
            let large = try Job(limited + words, in: place.folder.path).finish()
            #expect(large.exit == .code(1), "\(large)")
            #expect(large.errors.contains("ulimit -v has 4.0 GiB"), "\(large)")
            let explained = try Job(limited + (try training()) + ["--explain"], in: place.folder.path).finish()
            #expect(explained.output.contains("4.29 GB that ulimit -v allows"), "\(explained)")
            #expect(explained.output.contains("; data "), "\(explained)")
        }

        @Test("OMP_NUM_THREADS counts where the setting is not given; a contradiction and a narrow mask are said")
        func threads() throws {
            let two = try Job(["env", "OMP_NUM_THREADS=2"] + (try training()), in: place.folder.path).finish()
            #expect(two.output.contains("1 × 2 threads") || two.output.contains("1 x 2 threads"), "\(two)")
            let one = try Job(
                ["env", "OMP_NUM_THREADS=2"] + (try training("threads=1")) + ["--run-dir", place.folder("one")],
                in: place.folder.path
            ).finish()
            #expect(one.warnings.contains { $0.contains("OMP_NUM_THREADS=2 does not count") }, "\(one)")
            let narrow = try Job(
                ["taskset", "-c", "0"] + (try training("threads=2")) + ["--run-dir", place.folder("narrow")],
                in: place.folder.path
            ).finish()
            #expect(narrow.warnings.contains { $0.contains("has 2 threads but may use 1 core (0)") }, "\(narrow)")
        }

        @Test("A program of a library's user has one thread a rank, unless it or OMP_NUM_THREADS asks for more")
        func libraryThreads() throws {
            let program = URL(filePath: try Workplace.program).deletingLastPathComponent()
                .appending(path: "MPIContract").path
            for (words, threads) in [
                (["env", "-u", "OMP_NUM_THREADS", program, "threads"], 1),
                (["env", "OMP_NUM_THREADS=3", program, "threads"], 3),
                (["env", "OMP_NUM_THREADS=nonsense", program, "threads"], 1),
                (["env", "OMP_NUM_THREADS=3", program, "threads", "2"], 2),
            ] {
                let outcome = try Job(words, in: place.folder.path).finish()
                #expect(outcome.output == "\(threads)\n", "\(outcome)")
            }
        }

        @Test("Two processes that srun has started without PMI are refused, on each")
        func unconnected() throws {
            for rank in ["0", "1"] {
                let outcome = try Job(
                    ["env", "SLURM_STEP_NUM_TASKS=2", "SLURM_PROCID=\(rank)"] + (try training()), in: place.folder.path
                ).finish()
                expectRefusal(outcome, mentioning: ["launch/cluster slurm", "srun --mpi=pmix"])
            }
        }

        @Test(
            "count for the cores that the scripts find",
            .enabled(if: ControlGroup.arePermitted))
        func processorTime() throws {
            let group = try ControlGroup("cpu", ["cpu.cfs_quota_us": "100000"])
            let scripts = try LaunchScripts()
            let outcome = try scripts.run(group.command([LaunchScripts.path("local"), "2", "recipes"]))
            #expect(outcome.output.contains("--oversubscribe"), "\(outcome)")
        }
    }
}
