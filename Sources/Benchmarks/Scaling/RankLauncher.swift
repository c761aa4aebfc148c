import Foundation
public import Diagnosis

/// Starts trainings on many ranks as child processes, and reads their measurements.
public struct RankLauncher {
    private let program: String
    private let hostfile: String?
    private let arguments: [String]

    /// - Parameters:
    ///   - program: the path of this program.
    ///   - hostfile: names the hosts to run on; nil for this machine only.
    ///   - arguments: of `benchmark step`, for each of them.
    public init(program: String, hostfile: String?, arguments: [String]) {
        (self.program, self.hostfile, self.arguments) = (program, hostfile, arguments)
    }

    /// The scripts that know how to start ranks here: in the folder `launch` of the checkout that the program was
    /// built in, else none. What others may have put there is not run.
    static func scripts(program: String) -> String? {
        var folder = URL(filePath: program).deletingLastPathComponent()
        while folder.path != "/" {
            let scripts = folder.appending(path: "launch")
            if ["local", "cluster"].allSatisfy({
                FileManager.default.isExecutableFile(atPath: scripts.appending(path: $0).path)
            }), isTrusted(scripts.path, by: program), isTrusted(scripts.appending(path: "local").path, by: program),
                isTrusted(scripts.appending(path: "cluster").path, by: program)
            {
                return scripts.path
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    /// Whether only this user, root or the program's owner can have written it.
    private static func isTrusted(_ path: String, by program: String) -> Bool {
        var (file, own) = (stat(), stat())
        guard stat(path, &file) == 0, stat(program, &own) == 0 else { return false }
        return [0, getuid(), own.st_uid].contains(file.st_uid) && file.st_mode & 0o002 == 0
    }

    /// The command that measures, and what its environment has beside ours.
    package func command(_ measurement: ScalingPlan.Measurement) -> (words: [String], environment: [String: String]) {
        let step =
            ["benchmark", "step"] + arguments + [
                "--global-batch", measurement.globalBatch.map { "\($0)" } ?? "full",
            ]
            + ["--json", "-"]
            + (measurement.scaled.map { ["--set", "\($0.key)=\($0.value)"] } ?? [])
            + (measurement.isIndependent ? ["--independent"] : [])
            + (measurement.shards.map { ["--set", "shards=\($0)"] } ?? [])
            + (measurement.speeds.map { ["--set", "balance.mode=fixed", "--set", "balance.speeds=\($0)"] } ?? [])
        let ranks = "\(measurement.ranks)"
        guard let scripts = Self.scripts(program: program) else {
            let hosts = hostfile.map { ["--hostfile", $0] } ?? ["--oversubscribe"]
            return (["mpirun", "-n", ranks] + hosts + ["--bind-to", "none", program] + step, [:])
        }
        var environment = ["LOCKSTEP_PROGRAM": program]
        guard let hostfile else { return (["\(scripts)/local", ranks] + step, environment) }
        let given = ProcessInfo.processInfo.environment["LOCKSTEP_MPIRUN_ARGS"] ?? ""
        environment["LOCKSTEP_MPIRUN_ARGS"] = "\(given) -n \(ranks)"
        return (["\(scripts)/cluster", hostfile] + step, environment)
    }

    /// Runs one measurement.
    public func measure(_ measurement: ScalingPlan.Measurement) throws -> StepBenchmark {
        let (words, environment) = command(measurement)
        let (code, output) = try ChildProcess.run(words, environment: environment)
        guard code == 0 else { throw MeasurementFailed(command: words, reason: "ended with code \(code)") }
        guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix("{") }),
            let result = try? JSONText.decode(StepBenchmark.self, from: line)
        else { throw MeasurementFailed(command: words, reason: "gave no figures") }
        return result
    }
}

/// A measured training failed.
struct MeasurementFailed: Error, CustomStringConvertible {
    let command: [String]
    let reason: String

    var description: String { "\(command.joined(separator: " ")) \(reason); see what it says above" }
}
