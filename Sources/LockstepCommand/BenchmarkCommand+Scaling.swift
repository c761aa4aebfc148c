import ArgumentParser
import Benchmarks
import Communication
import Foundation
import MPICommunication
import Settings
import Training

extension BenchmarkCommand {
    struct Scaling: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "scaling",
                abstract: "Measure strong and weak scaling, and report what limits them.",
                discussion: """
                    Start it without mpirun: it starts mpirun itself, for each number of ranks. Strong scaling keeps the \
                    global batch, weak scaling the batch of each rank. For comparison the same number of independent processes \
                    is measured, without communication: the upper bound on this machine.

                      \(Program.name) benchmark scaling \(Program.exampleRecipe) --ranks 1,2,4 --plot scaling.svg
                      \(Program.name) benchmark scaling \(Program.exampleRecipe) --hostfile HOSTFILE --ranks 1,2

                    Where a setting counts the samples, name it, and it grows as the batch does:

                      \(Program.name) benchmark scaling evolution --scale evolution.population
                    """)
        }

        @Argument(help: Program.targetHelp)
        var target = Program.benchmarkTarget

        @Option(help: ArgumentHelp("Numbers of ranks, separated by commas.", valueName: "list"))
        var ranks = "1,2"

        @Option(help: ArgumentHelp("Run on the hosts of this file, as launch/cluster does.", valueName: "file"))
        var hostfile: String?

        @Option(help: ArgumentHelp("strong, weak or both.", valueName: "mode"))
        var mode = "both"

        @Option(
            help: ArgumentHelp(
                "Batch of each rank in weak scaling; default: the global batch.", valueName: "n"))
        var batchPerRank: Int?

        @Option(
            help: ArgumentHelp(
                "Setting that counts the samples, such as nuts.chains: it grows with the ranks in weak scaling.",
                valueName: "key"))
        var scale: String?

        @Flag(
            help:
                "Measure several ranks also with shards dealt by their speed (balance.mode fixed), as on hosts of unlike processors; 6 shards for each of the most ranks unless --set shards says otherwise."
        )
        var balance = false

        @OptionGroup(title: "Settings")
        var training: StepOptions

        @Option(help: "Steps before the measurement begins.")
        var warmUp = 20

        @Option(help: "Steps to measure.")
        var steps = 100

        @Option(help: ArgumentHelp("Repeat all measurements this many times, and report medians.", valueName: "n"))
        var repeats = 1

        @OptionGroup
        var output: BenchmarkOutput<Program>

        private var counts: [Int] {
            get throws {
                try ranks.split(separator: ",").map { text in
                    guard let count = Int(text), (1...9999).contains(count) else {
                        throw ValidationError(
                            "--ranks has \"\(text)\"; a number of ranks is from 1 to 9999, as in 1,2,4")
                    }
                    return count
                }
            }
        }

        private var modes: [ScalingPlan.Mode] {
            get throws {
                if mode == "both" { return ScalingPlan.Mode.allCases }
                guard let mode = ScalingPlan.Mode(rawValue: mode) else {
                    throw ValidationError("--mode is \"\(mode)\", and must be strong, weak or both")
                }
                return [mode]
            }
        }

        func validate() throws {
            try BenchmarkBounds.check(warmUp, "--warm-up", to: BenchmarkBounds.steps)
            try BenchmarkBounds.check(steps, "--steps", to: BenchmarkBounds.steps)
            try BenchmarkBounds.check(repeats, "--repeats", to: 1000)
            try BenchmarkBounds.check(batchPerRank, "--batch-per-rank", to: 1_000_000_000)
            guard try !counts.isEmpty else {
                throw ValidationError("--ranks is empty; give numbers of ranks such as 1,2,4")
            }
            _ = try modes
        }

        func run() {
            LockstepProcess.run { communicator, context in
                try communicator.agree { if context.launch != nil { throw StartedByLauncher() } }
                try output.json.check()
                let settings = try TrainingRequest(target: target, overrides: try training.overrides).settings(
                    Program.catalog)
                let scaled = try scale.map { try scaledSetting($0, settings) }
                let batch = settings.globalBatch > 0 ? settings.globalBatch : nil
                guard let samples = batch ?? scaled?.value else { throw FullBatch() }
                let most = try counts.max() ?? 1
                if try modes.contains(.strong), most > samples {
                    throw TooFewSamples(ranks: most, samples: samples, setting: batch == nil ? scale : nil)
                }
                let plan = ScalingPlan(
                    ranks: try counts, modes: try modes, strongBatch: batch, weakBatch: batchPerRank ?? batch,
                    shards: balance ? (settings.shards > most ? settings.shards : 6 * most) : nil, scaled: scaled)
                let launcher = RankLauncher(
                    program: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
                    hostfile: hostfile, arguments: arguments)
                if let warning = MachineLoad.warning { FileHandle.standardError.write(Data((warning + "\n").utf8)) }
                let result = try ScalingBenchmark.run(plan, repetitions: repeats, measure: launcher.measure)
                if !output.json.replacesTable { print(result.table) }
                try output.write(json: try result.json, plot: result.plot)
                return 0
            }
        }

        /// Those of `benchmark step`, without what the launcher sets.
        private var arguments: [String] {
            [target, "--warm-up", "\(warmUp)", "--steps", "\(steps)"]
                + training.arguments(without: ["global_batch"] + (scale.map { [$0] } ?? []))
        }

        /// The setting `name`, whose value must be a positive integer.
        private func scaledSetting(_ name: String, _ settings: Settings) throws -> ScalingPlan.ScaledSetting {
            let text = try settings.schema.key(named: name, source: "--scale").text(in: settings)
            guard let value = Int(text), value > 0 else { throw NotACount(setting: name, value: text) }
            return ScalingPlan.ScaledSetting(key: name, value: value)
        }
    }
}

extension StepOptions {
    /// The options as they were given, without the settings `omitted`.
    func arguments(without omitted: [String]) -> [String] {
        [("--model", model), ("--data", data)].flatMap { name, value in value.map { [name, $0] } ?? [] }
            + assignments.filter { assignment in !omitted.contains { assignment.hasPrefix("\($0)=") } }
            .flatMap { ["--set", $0] }
    }
}

/// `benchmark scaling` was started by mpirun.
struct StartedByLauncher: Error, CustomStringConvertible {
    var description: String {
        "benchmark scaling starts mpirun itself: start it without mpirun, and give the numbers of ranks with --ranks"
    }
}

/// `benchmark scaling` with `global_batch=full`.
struct FullBatch: Error, CustomStringConvertible {
    var description: String {
        "benchmark scaling needs a number as the global batch, found full: give one (--global-batch 1024), or the setting that counts the samples (--scale nuts.chains)"
    }
}

/// The setting of `--scale` is not a count.
struct NotACount: Error, CustomStringConvertible {
    let setting, value: String

    var description: String {
        "--scale needs a setting that counts samples, a positive integer such as nuts.chains; \(setting) is \(value)"
    }
}

/// Strong scaling to more ranks than there are samples.
struct TooFewSamples: Error, CustomStringConvertible {
    let ranks, samples: Int
    /// The setting that counts the samples; nil for the global batch.
    let setting: String?

    var description: String {
        let name = setting ?? "a global batch"
        let remedy = setting.map { "--set \($0)=\(ranks)" } ?? "--global-batch"
        return
            "strong scaling to \(ranks) ranks needs \(name) of at least \(ranks), found \(samples): give a larger one with \(remedy), or --mode weak"
    }
}
