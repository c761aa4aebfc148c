import Foundation
import TestSupport

/// The scripts in `launch/`, run with this build's program and with commands of the test's own in front of PATH.
struct LaunchScripts {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder("bin"), withIntermediateDirectories: true)
        // what mpirun is asked to do, and the hostfile that it is given
        try command(
            "mpirun",
            """
            printf '%s\\n' "mpirun $*"
            while (($#)); do
                if [[ $1 == --hostfile ]]; then sed 's/^/host: /' "$2"; fi
                shift
            done
            """)
    }

    /// The path of a script.
    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "launch/\(name)").path
    }

    /// Makes a command of bash that hides another of its name.
    func command(_ name: String, _ script: String) throws {
        let path = folder("bin/\(name)")
        try ("#!/usr/bin/env bash\n" + script + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// A file of the test's own with these bytes.
    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: folder(name)))
        return folder(name)
    }

    /// What `words` do, in an environment with `variables`.
    func run(
        _ words: [String], _ variables: [String: String] = [:], hidesMPI: Bool = true, within limit: Double = 60
    ) throws -> Outcome {
        let path = (hidesMPI ? folder("bin") + ":" : "") + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        let cleared = ["OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK", "LOCKSTEP_MPIRUN_ARGS"].flatMap { ["-u", $0] }
        let given = ["PATH": path, "LOCKSTEP_PROGRAM": try Workplace.program].merging(variables) { $1 }
        return try Job(["env"] + cleared + given.map { "\($0)=\($1)" } + words, in: folder.path).finish(within: limit)
    }

    /// What the script `name` does with these arguments.
    func run(_ name: String, _ arguments: [String], _ variables: [String: String] = [:]) throws -> Outcome {
        try run([Self.path(name)] + arguments, variables)
    }
}
