import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("launch/local")
    struct LaunchScriptsTests {
        let scripts: LaunchScripts
        static let mayUnshare = TemporaryFileSystem.isPermitted

        init() throws { scripts = try LaunchScripts() }

        @Test("runs behind symbolic links, by sh, from elsewhere, and in a folder whose name has blanks")
        func anywhere() throws {
            let local = LaunchScripts.path("local")
            let manager = FileManager.default
            try manager.createSymbolicLink(atPath: scripts.folder("first"), withDestinationPath: local)
            try manager.createSymbolicLink(atPath: scripts.folder("ll"), withDestinationPath: "first")
            let copy = scripts.folder("a check out")
            try manager.createDirectory(atPath: copy, withIntermediateDirectories: true)
            try manager.copyItem(
                atPath: URL(filePath: local).deletingLastPathComponent().path, toPath: copy + "/launch")
            for words in [
                [scripts.folder("ll")], ["sh", "./ll"], ["bash", "--posix", local], [copy + "/launch/local"],
            ] {
                let outcome = try scripts.run(words + ["1", "recipes"])
                #expect(outcome.exit == .code(0), "\(outcome)")
                #expect(outcome.output.hasSuffix(" \(try Workplace.program) recipes\n"), "\(outcome)")
            }
        }

        @Test("gives ranks the threads that the setting or OMP_NUM_THREADS asks for, and cores for them")
        func threads() throws {
            // a machine of 8 cores, whatever this one has
            try scripts.command("lscpu", "for i in 0 1 2 3 4 5 6 7; do echo $i,$i,0; done")
            try scripts.command(
                "awk", "if [[ $* == *Cpus_allowed_list* ]]; then echo 0-7; else exec /usr/bin/awk \"$@\"; fi")
            func options(_ ranks: Int, _ arguments: [String], _ variables: [String: String] = [:]) throws -> String {
                try scripts.run("local", ["\(ranks)"] + arguments, variables).output
            }
            let plain = try options(8, ["train", "x"])
            #expect(plain.contains("--bind-to core:if-supported") && !plain.contains("OMP_NUM_THREADS"), "\(plain)")
            for (arguments, variables) in [
                (["train", "x"], ["OMP_NUM_THREADS": "2"]), (["train", "x", "--set", "threads=2"], [:]),
                (["train", "x", "--set=threads=2"], ["OMP_NUM_THREADS": "4"]),
                (["train", "x"], ["SLURM_CPUS_PER_TASK": "2"]), (["train", "x"], ["OMP_NUM_THREADS": "2,4"]),
                (["train", try scripts.file("my.yaml", "recipe: x\nthreads: 2 # two\n")], [:]),
            ] {
                let found = try options(4, arguments, variables)
                #expect(found.contains("--map-by slot:PE=2 --bind-to core "), "\(arguments) \(variables): \(found)")
                #expect(found.contains("-x OMP_NUM_THREADS=2 "), "\(arguments) \(variables): \(found)")
            }
            let contradiction = try scripts.run(
                "local", ["1", "train", "x", "--set", "threads=1"], ["OMP_NUM_THREADS": "2"])
            #expect(contradiction.errors.contains("OMP_NUM_THREADS=2 does not count"), "\(contradiction)")
            let crowded = try options(5, ["train", "x", "--set", "threads=2"])
            #expect(crowded.contains("--bind-to none --mca mpi_yield_when_idle 1"), "\(crowded)")
            #expect(!crowded.contains("--oversubscribe"), "\(crowded)")
            #expect(try options(9, ["train", "x"]).contains("--oversubscribe"))
            #expect(try options(2, ["train", "x", "--set", "threads=2"]).contains("--bind-to none"))
        }

        @Test("refuses threads that are no number, and runs nothing that stands in their place")
        func noThreads() throws {
            for text in ["a[$(touch${IFS}pwned)]", "x", "0", "-1", "08", "1025"] {
                let outcome = try scripts.run("local", ["1", "train", "x"], ["OMP_NUM_THREADS": text])
                #expect(outcome.exit == .code(1), "\(outcome)")
                #expect(outcome.errors.contains("OMP_NUM_THREADS says '\(text)'"), "\(outcome)")
            }
            #expect(!FileManager.default.fileExists(atPath: scripts.folder("pwned")))
        }

        @Test(
            "looks first whether Open MPI can start here, and says what to do",
            .enabled(if: mayUnshare),
            arguments: [
                (
                    "a small temporary folder", "mount -t tmpfs -o size=8m tmpfs tmp; export TMPDIR=$PWD/tmp",
                    "8 MB free"
                ),
                ("a read-only one", "mount -t tmpfs -o ro tmpfs tmp; export TMPDIR=$PWD/tmp", "cannot be written to"),
                (
                    "small shared memory and nothing else",
                    "mount -t tmpfs -o size=64k tmpfs /dev/shm; mount -t tmpfs -o size=18m tmpfs tmp; export TMPDIR=$PWD/tmp; unset OMPI_MCA_btl_vader_backing_directory",
                    "needs 26 MB"
                ),
                ("a long name", "hostname $(printf 'h%.0s' {1..57})", "more than 56"),
                ("few descriptors", "ulimit -n 40", "ulimit -n"),
                ("a file in the way", "export TMPDIR=$PWD; touch ompi.$(hostname).$EUID", "is in the way"),
                ("mpirun itself", "export OMPI_UNIVERSE_SIZE=2", "rank of mpirun already"),
            ])
        func refused(what: String, preparation: String, part: String) throws {
            try FileManager.default.createDirectory(atPath: scripts.folder("tmp"), withIntermediateDirectories: true)
            let outcome = try scripts.run([
                "unshare", "--mount", "--uts", "bash", "-c",
                "\(preparation); exec \(LaunchScripts.path("local")) 2 recipes",
            ])
            #expect(outcome.exit == .code(1), "\(outcome)")
            #expect(outcome.errors.split(separator: "\n").last?.contains(part) == true, "\(outcome)")
            #expect(outcome.output.isEmpty, "\(outcome)")
        }

        @Test(
            "gets round what it can: little shared memory, no name and no home, closed files",
            .enabled(if: mayUnshare))
        func gotRound() throws {
            for preparation in [
                "mount -t tmpfs -o size=64k tmpfs /dev/shm; unset OMPI_MCA_btl_vader_backing_directory", "exec <&- >&-",
                "exec 2>&-", "ulimit -Sn 40",
            ] {
                let outcome = try scripts.run(
                    [
                        "unshare", "--mount", "bash", "-c",
                        "\(preparation); exec \(LaunchScripts.path("local")) 2 recipes",
                    ], hidesMPI: false)
                #expect(outcome.exit == .code(0), "\(preparation): \(outcome)")
            }
        }
    }
}
