import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The filter of mpirun's texts")
    struct LaunchFilterTests {
        let scripts: LaunchScripts

        init() throws { scripts = try LaunchScripts() }

        private func filter(_ script: String) throws -> Outcome {
            try scripts.run(["bash", "-c", "(\(script)) | \(LaunchScripts.path("mpirun-noise"))"])
        }

        @Test("lets a line through before the next is written, and a line without an end too")
        func atOnce() throws {
            // The writer goes on only when what it has written is out on the other side.
            let seen = scripts.folder("seen")
            let outcome = try scripts.run([
                "bash", "-c",
                """
                seen() { until grep -q "$1" "\(seen)" 2>/dev/null; do sleep 0.01; done; }
                (echo one; seen one; printf '50%%\\r'; seen 50%; echo two; seen two) \
                    | \(LaunchScripts.path("mpirun-noise")) >"\(seen)"
                cat "\(seen)"
                """,
            ])
            #expect(outcome.output == "one\n50%\rtwo\n", "\(outcome)")
        }

        @Test("changes no byte of what is not mpirun's, however it is cut, and keeps a last line without an end")
        func everyByte() throws {
            let outcome = try filter(
                "printf 'a\\n\\n\\n  b \\\\n \\t\\n'; sleep 0.3; printf 'half'; sleep 0.3; printf ' line\\r\\nend'")
            #expect(outcome.output == "a\n\n\n  b \\n \t\nhalf line\r\nend", "\(outcome)")
            let bytes = try scripts.run([
                "bash", "-c",
                "head -c 20000 /dev/urandom | tr -d '\\0' >in; \(LaunchScripts.path("mpirun-noise")) <in >out; cmp in out && echo equal",
            ])
            #expect(bytes.output == "equal\n", "\(bytes)")
        }

        @Test("drops the line about a signal that is passed on, and no other of these words")
        func forwarded() throws {
            let outcome = try filter("printf 'mpirun: Forwarding signal 10 to job\\nForwarding signal 10\\n'")
            #expect(outcome.output == "Forwarding signal 10\n", "\(outcome)")
        }

        @Test("drops the text about an exit status, and keeps what a rank says in the midst of it")
        func noise() throws {
            let dashes = String(repeating: "-", count: 74)
            let text = """
                error: our own
                \(dashes)
                mpirun detected that one or more processes exited with non-zero status, thus causing
                the job to be terminated. The first process to do so was:
                warning: of another rank

                  Process name: [[27626,1],0]
                  Exit code:    3
                \(dashes)
                \(dashes)
                mpirun noticed that process rank 1 with PID 113 on node h2 exited on signal 9 (Killed).
                \(dashes)

                """
            let path = try scripts.file("text", text)
            let outcome = try filter("cat \(path)")
            #expect(
                outcome.output
                    == "error: our own\nwarning: of another rank\n\(dashes)\nmpirun noticed that process rank 1 with PID 113 on node h2 exited on signal 9 (Killed).\n\(dashes)\n",
                "\(outcome)")
        }

        @Test("does not hold back a text that mpirun has begun and not ended")
        func begun() throws {
            let dashes = String(repeating: "-", count: 74)
            let outcome = try scripts.run([
                "bash", "-c",
                """
                (echo \(dashes); echo stuck; until grep -q stuck out 2>/dev/null; do sleep 0.05; done) \
                    | \(LaunchScripts.path("mpirun-noise")) >out; cat out
                """,
            ])
            #expect(outcome.output == "\(dashes)\nstuck\n", "\(outcome)")
        }
    }
}
