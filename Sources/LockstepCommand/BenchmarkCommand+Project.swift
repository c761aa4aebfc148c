import Diagnosis
import ArgumentParser
import Benchmarks
import Communication
import MPICommunication
import Training

extension BenchmarkCommand {
    struct Project: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "project",
                abstract: "Predict step time and efficiency on a larger cluster.",
                discussion: """
                    Computing time and buckets come from files of `benchmark step --json` (two batch sizes are best), or are \
                    measured now, on one rank. The network is a model; its assumptions are printed.

                      \(Program.name) benchmark step \(Program.exampleRecipe) --json > step.json
                      \(Program.name) benchmark project --measured step.json --hosts 1024 --ranks-per-host 8 --bandwidth 25gbit
                    """)
        }

        @Argument(
            help: ArgumentHelp(
                "Without --measured: a recipe, or a settings file that ends in .yaml.", valueName: "recipe"))
        var target = Program.benchmarkTarget

        @Option(help: ArgumentHelp("A file of benchmark step --json; can be repeated.", valueName: "file"))
        var measured: [String] = []

        @Option(
            help: ArgumentHelp(
                "A file of benchmark allreduce --json, for reductions within a host.", valueName: "file"))
        var reductions: String?

        @Option(
            help: ArgumentHelp(
                "The largest number of hosts, reached by doubling; or a list such as 1,4,10.", valueName: "list"))
        var hosts = "1024"

        @Option(help: "Ranks per host.")
        var ranksPerHost = 1

        @Option(help: ArgumentHelp("Bandwidth of a host's network link, each way.", valueName: "rate"))
        var bandwidth = "10gbit"

        @Option(help: ArgumentHelp("Network latency between two hosts.", valueName: "time"))
        var latency = "10us"

        @Option(help: ArgumentHelp("Time that a host spends per message.", valueName: "time"))
        var overhead = "1us"

        @Option(help: ArgumentHelp("Rate of reductions within a host, without --reductions.", valueName: "rate"))
        var hostRate = "10GB/s"

        @Option(help: ArgumentHelp("Rate of summing received gradients.", valueName: "rate"))
        var summingRate = "10GB/s"

        @Option(
            help: ArgumentHelp(
                "Rate at which one core can send and receive; that time is taken from computing. Default: no cost.",
                valueName: "rate"))
        var movingRate: String?

        @Option(help: ArgumentHelp("Batch of each rank in weak scaling; default: as measured.", valueName: "n"))
        var batchPerRank: Int?

        @Option(
            help: ArgumentHelp("Global batch in strong scaling; default: that of 64 ranks.", valueName: "n"))
        var strongBatch: Int?

        @Flag(help: "Print published efficiencies of CPU clusters, with their sources, beside predicted ones.")
        var published = false

        @OptionGroup(title: "Settings")
        var training: StepOptions

        @OptionGroup
        var output: BenchmarkOutput<Program>

        private var counts: [Int] {
            get throws {
                let counts = try hosts.split(separator: ",").map { text in
                    guard let count = Int(text), (1...1_000_000).contains(count) else {
                        throw ValidationError("--hosts has \"\(text)\"; a number of hosts is from 1 to 1000000")
                    }
                    return count
                }
                guard let first = counts.first else {
                    throw ValidationError("--hosts is empty; give a number of hosts")
                }
                guard counts.count == 1 else { return counts }
                return Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < first }) + [first]
            }
        }

        private func rate(_ text: String, _ option: String) throws -> Double {
            guard let rate = Quantity.bytesPerSecond(text), (1...1e18).contains(rate) else {
                throw ValidationError(
                    "\(option) is \"\(text)\"; a rate reads like 25gbit, 100mbit or 10GB/s, and is from 1 to 10¹⁸ bytes a second"
                )
            }
            return rate
        }

        private func time(_ text: String, _ option: String) throws -> Double {
            guard let time = Quantity.seconds(text), time <= 3600 else {
                throw ValidationError("\(option) is \"\(text)\"; a time reads like 2us or 0.1ms, and is at most 3600s")
            }
            return time
        }

        /// The cluster of the options, with `reduction` within its hosts.
        private func cluster(_ reduction: Cluster.HostReduction?) throws -> Cluster {
            Cluster(
                ranksPerHost: ranksPerHost, bandwidth: try rate(bandwidth, "--bandwidth"),
                latency: try time(latency, "--latency"), overhead: try time(overhead, "--overhead"),
                hostReduction: try reduction ?? .init(bytesPerSecond: rate(hostRate, "--host-rate")),
                summingRate: try rate(summingRate, "--summing-rate"),
                movingRate: try movingRate.map { try rate($0, "--moving-rate") })
        }

        func validate() throws {
            try BenchmarkBounds.check(ranksPerHost, "--ranks-per-host", to: 1_000_000)
            try BenchmarkBounds.check(batchPerRank, "--batch-per-rank", to: 1_000_000_000)
            try BenchmarkBounds.check(strongBatch, "--strong-batch", to: 1_000_000_000_000)
            let ranks = (try counts.max() ?? 1) * ranksPerHost
            guard ranks <= 1_000_000_000 else {
                throw ValidationError(
                    "--hosts and --ranks-per-host make \(ranks) ranks; at most 1000000000 can be projected")
            }
            _ = try cluster(nil)
        }

        func run() {
            LockstepProcess.run { communicator, context in
                try communicator.agree { if context.launch != nil { throw ProjectionByRanks() } }
                try output.json.check()
                if published {
                    print(PublishedScaling.table)
                    return 0
                }
                let reduction = try reductions.map { path in
                    guard let reduction = Cluster.HostReduction(try MeasurementFile.allreduce(path)) else {
                        throw NoSharedMemoryMeasured(path: path)
                    }
                    return reduction
                }
                let benchmarks =
                    measured.isEmpty ? try measureNow(communicator) : try measured.map(MeasurementFile.steps)
                let cost = try ComputeCost(benchmarks)
                let samples = batchPerRank ?? cost.samples
                let projection = ClusterProjection(
                    cost, on: try cluster(reduction), hosts: try counts, weakSamples: samples,
                    strongBatch: strongBatch ?? 64 * samples)
                if !output.json.replacesTable { print(projection.table) }
                try output.write(json: try projection.json, plot: projection.plot)
                return 0
            }
        }

        /// Some steps with the global batch of the settings, and with a quarter of it; of a full batch, such as the
        /// population of an evolution strategy, with that alone.
        private func measureNow(_ communicator: any Communicator) throws -> [StepBenchmark] {
            let request = TrainingRequest(target: target, overrides: try training.overrides)
            let batch = try request.settings(Program.catalog).globalBatch
            return try (batch == 0 ? [0] : [batch, batch / 4].filter { $0 > 0 }).map { batch in
                var request = request
                if batch > 0 {
                    request.overrides.append(SettingOverride(key: "global_batch", value: "\(batch)", source: "project"))
                }
                return try TrainingProgram(request, catalog: Program.catalog, communicator: communicator)
                    .benchmark(warmUp: 10, steps: 50)
            }
        }
    }
}

/// `benchmark project` was started by mpirun.
struct ProjectionByRanks: Error, CustomStringConvertible {
    var description: String { "benchmark project runs on one rank: start it without mpirun" }
}

/// A file of `benchmark allreduce` without measurements of shared memory.
struct NoSharedMemoryMeasured: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "\(path) has no reductions in shared memory: measure them on one host, with as many ranks as a host will have"
    }
}
