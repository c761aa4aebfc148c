import Foundation
import TestSupport

/// How the program is started.
enum Launch: CustomStringConvertible, Sendable {
    /// By itself, without a launcher.
    case alone
    /// By mpirun.
    case ranks(Int)

    var description: String {
        switch self {
        case .alone: "alone"
        case .ranks(let count): "\(count) ranks"
        }
    }
}

/// A folder of a test's own, with a small data set in `data`, in which the program is run.
struct Workplace {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
    }

    /// `lockstep` as it was built together with this test.
    static var program: String {
        get throws {
            let test = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(filePath: test).deletingLastPathComponent().appending(path: "lockstep").path
        }
    }

    /// Starts `lockstep ARGUMENTS`.
    func start(_ launch: Launch, _ arguments: [String], mpirun: [String] = patience) throws -> Job {
        switch launch {
        case .alone: try Job([Self.program] + arguments, in: folder.path)
        case .ranks(let count): try start(ranks: Array(repeating: arguments, count: count), mpirun: mpirun)
        }
    }

    /// Starts one job, in which each rank has arguments of its own.
    func start(ranks: [[String]], mpirun: [String] = patience) throws -> Job {
        let program = try Self.program
        let parts = ranks.map { ["-n", "1", program] + $0 }.joined(separator: [":"])
        return try Job(["mpirun", "--oversubscribe", "--bind-to", "none"] + mpirun + parts, in: folder.path)
    }

    /// Once a rank has failed, the others are killed at once, not after a second: saves half the time of the tests, and
    /// shows whether the message was out before.
    static let patience = ["--mca", "odls_base_sigkill_timeout", "0"]

    /// Runs `lockstep ARGUMENTS` to its end, whatever that is.
    func attempt(_ launch: Launch, _ arguments: [String], within limit: Double = 60) throws -> Outcome {
        try start(launch, arguments).finish(within: limit)
    }

    /// Runs `lockstep ARGUMENTS`, which must succeed.
    @discardableResult
    func run(_ launch: Launch, _ arguments: [String]) throws -> Outcome {
        let outcome = try attempt(launch, arguments)
        guard outcome.exit == .code(0) else { throw Failed(outcome: outcome) }
        return outcome
    }

    /// The arguments of a small training, from which a test differs by `options`, into the run directory `run`.
    func training(_ run: String, _ options: [String] = []) -> [String] {
        let isPerceptron = !options.contains { $0.hasPrefix("model.name=") }
        return ["train", "fashion-mnist", "--data", folder("data")]
            + (isPerceptron ? ["--set", "model.hidden=[32, 16]"] : [])
            + ["--global-batch", "32", "--shards", "4", "--run-dir", folder(run)] + options
    }

    /// Trains to the end, and returns what the run has left.
    @discardableResult
    func train(_ launch: Launch, _ run: String, _ options: [String] = []) throws -> RunFiles {
        try self.run(launch, training(run, options))
        return files(of: run)
    }

    func files(of run: String) -> RunFiles { RunFiles(path: folder(run)) }
}

struct Failed: Error, CustomStringConvertible {
    let outcome: Outcome
    var description: String { "it should have succeeded: \(outcome)" }
}
