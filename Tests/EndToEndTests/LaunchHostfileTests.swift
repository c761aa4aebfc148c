import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("launch/cluster reads a hostfile")
    struct LaunchHostfileTests {
        let scripts: LaunchScripts

        init() throws {
            scripts = try LaunchScripts()
            // every host is this one; what ssh is given is noted
            try scripts.command(
                "ssh",
                """
                printf '%s\\n' "$*" >>ssh.log
                while [[ $1 != -- ]]; do shift; done
                eval "$3"
                """)
        }

        private func cluster(_ hostfile: String, _ variables: [String: String] = [:]) throws -> Outcome {
            try scripts.run("cluster", [try scripts.file("hosts", hostfile), "recipes"], variables)
        }

        private func hosts(_ outcome: Outcome) -> [Substring] {
            outcome.output.split(separator: "\n").filter { $0.hasPrefix("host: ") }.map { $0.dropFirst(6) }
        }

        @Test("without its byte order mark, line ends of Windows, blanks and comments")
        func cleaned() throws {
            let outcome = try cluster(
                "\u{FEFF}localhost slots = 1\r\n\r\n# a comment\r\n\tnode7  max_slots=4 slots=1 # b\r\n")
            #expect(outcome.exit == .code(0), "\(outcome)")
            #expect(hosts(outcome) == ["localhost slots=1", "node7 slots=1"], "\(outcome)")
            let ssh = try String(contentsOfFile: scripts.folder("ssh.log"), encoding: .utf8)
            #expect(ssh.contains(" -- node7 "))
            #expect(!ssh.contains("localhost"))
        }

        @Test("and adds up the lines of a host, and says so")
        func repeated() throws {
            let outcome = try cluster("node7\nnode7\n")
            #expect(hosts(outcome) == ["node7 slots=2"], "\(outcome)")
            #expect(outcome.errors.contains("line 2: node7 stands on line 1 too: it gets 2 slots in all"), "\(outcome)")
        }

        @Test(
            "and refuses by its line what Open MPI would take for something else",
            arguments: [
                ("cpus=2", "node1 cpus=2", "write slots=2"), ("a number alone", "node1 4", "write slots=N"),
                ("no slots", "node1 slots=0", "from 1 to 9999"),
                ("an octal number", "node1 slots=08", "from 1 to 9999"),
                ("a command", "node1 slots=a[$(touch${IFS}pwned)]", "from 1 to 9999"),
                ("slots twice", "node1 slots=2 slots=3", "stands twice"), ("a port", "node1:22 slots=2", "has a colon"),
                ("IPv6", "fe80::1 slots=2", "IPv6"), ("an option", "-oProxyCommand=x", "name of a host"),
                ("a path", "../x slots=2", "no name of a host"),
                ("letters that no host has", "n\u{FC}x", "no name of a host"),
                ("a host without a name", "slots=4", "name of a host"),
                ("carriage returns alone", "a\rb\r", "line feed"),
            ])
        func refused(what: String, line: String, part: String) throws {
            let outcome = try cluster("# hosts\n\(line)\n")
            #expect(outcome.exit == .code(1), "\(outcome)")
            #expect(outcome.errors.contains("line 2: "), "\(outcome)")
            #expect(outcome.errors.contains(part), "\(outcome)")
            #expect(!outcome.output.contains("mpirun"), "\(outcome)")
            #expect(!FileManager.default.fileExists(atPath: scripts.folder("pwned")))
        }

        @Test("but tells of ten lines at most")
        func many() throws {
            let outcome = try cluster((0..<40).map { "node\($0) cpus=2\n" }.joined())
            #expect(outcome.errors.split(separator: "\n").count == 12, "\(outcome)")
            #expect(outcome.errors.contains("and 30 more lines"), "\(outcome)")
        }

        @Test("and runs nothing of what a host answers, which may greet first")
        func answers() throws {
            try scripts.command("ssh", "echo 'Welcome!'; echo 'lockstep: cores reports[$(touch pwned)]'")
            let evil = try cluster("node7 slots=2\n")
            #expect(evil.exit == .code(1), "\(evil)")
            #expect(!FileManager.default.fileExists(atPath: scripts.folder("pwned")))
            try scripts.command("ssh", "printf 'lockstep: problem \\033[31mred\\007\\n'")
            let colored = try cluster("node7 slots=2\n")
            #expect(!colored.errors.contains("\u{1B}") && !colored.errors.contains("\u{7}"), "\(colored)")
            try scripts.command("ssh", "echo 'Welcome!'; echo 'lockstep: cores 8'")
            let greeted = try cluster("node7\n", ["OMP_NUM_THREADS": "2"])
            // as many ranks as the cores have room for
            #expect(hosts(greeted) == ["node7 slots=4"], "\(greeted)")
            #expect(greeted.output.contains("--map-by slot:PE=2 --bind-to core "), "\(greeted)")
            let crowded = try cluster("node7 slots=5\n", ["OMP_NUM_THREADS": "2"])
            #expect(crowded.output.contains("--bind-to none --mca mpi_yield_when_idle 1"), "\(crowded)")
        }
    }
}
