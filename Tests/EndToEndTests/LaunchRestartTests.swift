import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("launch --restarts")
    struct LaunchRestartTests {
        let scripts: LaunchScripts

        init() throws {
            scripts = try LaunchScripts()
            // each start does what the next line of `starts` says: exit code, last recorded step, newest checkpoint
            try scripts.command(
                "mpirun",
                """
                printf '%s\\n' "mpirun $*" >>calls
                while (($#)); do
                    case $1 in
                    --hostfile) sed 's/^/host: /' "$2" >>calls ;;
                    --run-dir) run=$2 ;;
                    --search-dir)
                        run=$2/trial-0001
                        mkdir -p "$run"
                        touch "$2/search.json"
                        ;;
                    esac
                    shift
                done
                read -r code step saved <starts || exit 0
                sed -i 1d starts
                if [[ -n $step ]]; then
                    mkdir -p "$run/checkpoints"
                    touch "$run/manifest.json"
                    echo "{\\"event\\":\\"step\\",\\"time\\":\\"$(date -u +%FT%T.%3NZ)\\",\\"step\\":$step,\\"epoch\\":1}" >>"$run/metrics.jsonl"
                fi
                if [[ -n $saved ]]; then mkdir -p "$run/checkpoints/step-$(printf %08d "$saved")"; fi
                if [[ $code == wait ]]; then
                    trap 'exit 143' USR2
                    touch waiting
                    while true; do sleep 0.01; done
                fi
                exit "$code"
                """)
            // hosts are this one, but for those in the file `dead`
            try scripts.command(
                "ssh",
                """
                while [[ $1 != -- ]]; do shift; done
                if [[ -e dead ]] && grep -qx "$2" dead; then exit 255; fi
                eval "$3"
                """)
        }

        private func started(_ name: String, _ arguments: [String], starts: String) throws -> (Outcome, [Substring]) {
            _ = try scripts.file("starts", starts)
            let outcome = try scripts.run(name, arguments)
            return (outcome, try calls)
        }

        private var calls: [Substring] {
            get throws { try String(contentsOfFile: scripts.folder("calls"), encoding: .utf8).split(separator: "\n") }
        }

        @Test("continues the run in its directory, counts the starts, and tells of each in a line")
        func continues() throws {
            let (outcome, calls) = try started(
                "local", ["--restarts", "3", "2", "train", "fashion-mnist", "--epochs", "2"],
                starts: "137 20 10\n205 30 25\n")
            #expect(outcome.exit == .code(0), "\(outcome)")
            #expect(calls.count == 3)
            #expect(
                calls[0].contains(
                    /LOCKSTEP_GENERATION=1 \S+ train --run-dir runs\/fashion-mnist-0001-\S+ fashion-mnist --epochs 2$/))
            #expect(
                calls[2].contains(
                    /LOCKSTEP_GENERATION=3 \S+ train --resume --run-dir runs\/fashion-mnist-0001-\S+ fashion-mnist --epochs 2$/
                ))
            #expect(Set(calls.map { $0.firstMatch(of: /LOCKSTEP_JOB=\S+/)?.output }).count == 1)
            #expect(outcome.errors.contains("was killed (SIGKILL, exit code 137)"), "\(outcome)")
            #expect(outcome.errors.contains("after step 20, the last one recorded"), "\(outcome)")
            #expect(
                outcome.errors.contains("start 3 continues from the checkpoint of step 25 on this machine (2 ranks)"))
            #expect(outcome.errors.contains("2 restarts; computed again: 15 steps"), "\(outcome)")
        }

        @Test("takes a run directory of any name, and begins a run anew that had left nothing in it")
        func anew() throws {
            let (outcome, calls) = try started(
                "local", ["2", "--restarts=1", "train", "x", "--run-dir", "it's a \"run\" $(touch pwned)"],
                starts: "139\n")
            #expect(outcome.exit == .code(0), "\(outcome)")
            #expect(outcome.errors.contains("begins the run anew in 'it'\\''s a"), "\(outcome)")
            #expect(calls.last?.hasSuffix("train --shards 2 x --run-dir it's a \"run\" $(touch pwned)") == true)
            #expect(!FileManager.default.fileExists(atPath: scripts.folder("pwned")))
        }

        @Test(
            "ends with the exit code when a start would not help",
            arguments: [
                ("wrong usage", "64\n", 1, 64), ("an interruption", "143 5 5\n", 1, 143),
                ("its own code", "75 5 5\n", 1, 75),
                ("the same failure before any step", "134\n134\n", 2, 134),
                ("the same error after the same step", "1 55 40\n1 55 50\n", 2, 1),
                ("as many restarts as allowed", "137 1\n137 2\n137 3\n137 4\n", 4, 137),
            ])
        func ends(what: String, starts: String, count: Int, code: Int32) throws {
            let (outcome, calls) = try started(
                "local", ["--restarts", "3", "1", "train", "x", "--run-dir", "r", "--set", "interrupt.exit_code=75"],
                starts: starts + "0\n")
            #expect(outcome.exit == .code(code), "\(outcome)")
            #expect(calls.count == count, "\(outcome)")
        }

        @Test("goes on with the hosts that answer, with spares in the place of others, and no more ranks than shards")
        func hosts() throws {
            let file = try scripts.file("hosts", "node1 slots=2\nnode2 slots=2\nnode3 slots=2\n")
            _ = try scripts.file("dead", "")
            try scripts.command(
                "sed", "if [[ $1 == -i ]]; then echo node1 >dead; fi; exec /usr/bin/sed \"$@\"")
            let (outcome, calls) = try started("cluster", ["--restarts", "2", file, "train", "x"], starts: "205\n")
            #expect(outcome.exit == .code(0), "\(outcome)")
            #expect(outcome.errors.contains("node1 does not answer ssh"), "\(outcome)")
            #expect(outcome.errors.contains(" on node2, node3 (4 ranks)"), "\(outcome)")
            #expect(
                calls.filter { $0.hasPrefix("host: ") }
                    == ["node1", "node2", "node3", "node2", "node3"].map { "host: \($0) slots=2" })
            #expect(calls.last { $0.hasPrefix("mpirun ") }?.contains("--shards 6 ") == true)

            try FileManager.default.removeItem(atPath: scripts.folder("calls"))
            _ = try scripts.file("dead", "")
            let spare = try started(
                "cluster", ["--restarts", "2", "--spares", "1", file, "train", "x", "--shards", "3"], starts: "205\n")
            #expect(spare.0.errors.contains(" on node2, node3 (3 ranks)"), "\(spare.0)")
            #expect(spare.0.errors.contains("3 ranks of 4 started, since the run has 3 shards"), "\(spare.0)")
            #expect(
                spare.1.filter { $0.hasPrefix("host: ") }
                    == ["node1", "node2", "node2", "node3"].map { "host: \($0) slots=2" })
            #expect(spare.1[0].contains(" -n 3 "), "\(spare.1)")
        }

        @Test("starts on the hosts that answer, and says which do not")
        func firstStart() throws {
            let file = try scripts.file("hosts", "node1 slots=2\nnode2 slots=2\nnode3 slots=2\n")
            _ = try scripts.file("dead", "node1\n")
            let (outcome, calls) = try started("cluster", ["--restarts", "1", file, "train", "x"], starts: "")
            #expect(outcome.exit == .code(0), "\(outcome)")
            #expect(
                outcome.errors.contains("starting without 1 host of 3, on node2, node3 (4 ranks): the run has as many"),
                "\(outcome)")
            #expect(calls.filter { $0.hasPrefix("host: ") } == ["node2", "node3"].map { "host: \($0) slots=2" })
            let refused = try started("cluster", [file, "train", "x"], starts: "")
            #expect(refused.0.exit == .code(1) && refused.0.errors.contains("not all hosts"), "\(refused.0)")
        }

        @Test("continues a search with its trials, on whole groups of ranks")
        func search() throws {
            let (outcome, calls) = try started(
                "local", ["--restarts", "2", "3", "search", "x", "--ranks-per-trial", "2", "--grid", "seed=1,2"],
                starts: "137 20 10\n")
            #expect(outcome.exit == .code(0), "\(outcome)")
            #expect(calls.count == 2 && calls.allSatisfy { $0.contains(" -n 2 ") }, "\(calls)")
            #expect(
                calls[0].contains(/search --search-dir searches\/x-0001-\S+ x --ranks-per-trial 2 --grid seed=1,2$/))
            #expect(calls[1].contains(/search --resume --search-dir searches\/x-0001-\S+ x --ranks-per-trial 2 --grid/))
            #expect(outcome.errors.contains("2 ranks of 3 started, since a trial has 2 ranks"), "\(outcome)")
            #expect(
                outcome.errors.contains("after step 20, the last one recorded of all trials together"), "\(outcome)")
            #expect(
                outcome.errors.contains(
                    "start 2 continues the search, of which 0 trials are done, on this machine (2 ranks)"),
                "\(outcome)")
            #expect(outcome.errors.contains("computed again: 10 steps"), "\(outcome)")
        }

        @Test("lets the ranks save at a signal, and starts nothing again")
        func signals() throws {
            _ = try scripts.file("starts", "wait 5 5\n0\n")
            let path = scripts.folder("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
            let job = try Job(
                [
                    "env", "PATH=\(path)", "LOCKSTEP_PROGRAM=\(try Workplace.program)", LaunchScripts.path("local"),
                    "--restarts", "3", "1", "train", "x",
                ],
                in: scripts.folder.path)
            #expect(waits(30) { FileManager.default.fileExists(atPath: scripts.folder("waiting")) })
            job.signal(SIGTERM)
            let outcome = try job.finish()
            #expect(outcome.exit == .code(143), "\(outcome)")
            #expect(try calls.count == 1)
            #expect(outcome.errors.contains("SIGTERM: the ranks save and end"), "\(outcome)")
        }

        @Test(
            "refuses what cannot be",
            arguments: [
                (["--restarts", "x[$(touch pwned)]", "1", "train", "x"], "needs a number"),
                (["--restarts", "1", "1", "predict", "x"], "no checkpoints to continue from"),
                (["--restarts", "1", "1", "train", "x", "--resume"], "add --run-dir DIR"),
                (["--spares", "1", "1", "train", "x"], "launch/cluster"),
            ])
        func refused(arguments: [String], part: String) throws {
            let outcome = try scripts.run("local", arguments)
            #expect(outcome.exit == .code(1), "\(outcome)")
            #expect(outcome.errors.contains(part), "\(outcome)")
            #expect(!outcome.output.contains("mpirun"), "\(outcome)")
        }

        @Test("ends with the bytes of an undisturbed run when a rank is killed")
        func killedRank() throws {
            let place = try Workplace()
            let options = ["--steps", "1500", "--set", "evaluate.every=0", "--set", "checkpoint.every=50"]
            let expected = try place.train(.alone, "whole", options).saved
            let job = try Job(
                [
                    "env", "LOCKSTEP_PROGRAM=\(try Workplace.program)", "LOCKSTEP_MPIRUN_ARGS=--bind-to none",
                    LaunchScripts.path("local"), "--restarts", "2", "2",
                ]
                    + place.training("run", options), in: place.folder.path)
            let run = place.files(of: "run")
            #expect(waits(30) { (try? run.steps.last ?? 0) ?? 0 >= 150 || job.hasEnded })
            let victim = try #require(job.process(ofRank: 1), "the run ended before it could be killed")
            kill(victim, SIGKILL)
            let outcome = try job.finish()
            #expect(outcome.exit == .code(0), "\(outcome)")
            #expect(outcome.errors.contains("start 2 continues from the checkpoint of step"), "\(outcome)")
            #expect(try run.saved == expected, "\(outcome)")
        }
    }
}
