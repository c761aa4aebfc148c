import ArgumentParser
import Benchmarks
import Communication
import DataParallel
import Foundation
import MPICommunication

extension BenchmarkCommand {
    struct Allreduce: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "allreduce",
                abstract: "Measure the allreduce of gradients by each path, compared with MPI_Allreduce.",
                discussion: """
                    Each path reduces a gradient buffer as training does; MPI_Allreduce reduces in place. The paths are \
                    measured alternately. Bus bandwidth is algorithm bandwidth (bytes / time) times 2(n-1)/n.

                      \(Program.launch(2)) benchmark allreduce --plot allreduce.svg
                    """)
        }

        @Option(
            help: ArgumentHelp("Sizes of the gradient buffer, separated by commas.", valueName: "sizes"))
        var sizes = "4KB,16KB,64KB,256KB,1MB,4MB,16MB,64MB,256MB"

        @Option(help: ArgumentHelp("Approximate number of seconds to measure each size.", valueName: "s"))
        var seconds = 1.0

        @Option(help: ArgumentHelp("Size of a bucket; default: one bucket for the whole buffer.", valueName: "n"))
        var bucketKilobytes: Int?

        @Option(
            help: ArgumentHelp(
                "Paths to measure: shared_memory, hosts, messages; default: all.", valueName: "list"))
        var paths: String?

        @Option(
            help: ArgumentHelp(
                "Treat every N ranks as a separate host, to try the paths between hosts on one machine.",
                valueName: "n"))
        var ranksPerHost = 0

        @OptionGroup
        var output: BenchmarkOutput<Program>

        private var bytes: [Int] {
            get throws {
                try sizes.split(separator: ",").map { size in
                    guard let bytes = ByteCount.bytes(String(size)), bytes % 4 == 0, bytes <= 1 << 36 else {
                        throw ValidationError(
                            "--sizes has \"\(size)\"; a size is a multiple of 4 bytes up to 64GB, such as 4KB or 16MB")
                    }
                    return bytes
                }
            }
        }

        private var chosenPaths: [ReductionPath]? {
            get throws {
                try paths?.split(separator: ",").map { name in
                    guard let path = ReductionPath(rawValue: String(name)), path != .automatic else {
                        throw ValidationError("--paths has \"\(name)\"; choose from shared_memory, hosts and messages")
                    }
                    return path
                }
            }
        }

        func validate() throws {
            guard try chosenPaths?.isEmpty != true else {
                throw ValidationError("--paths is empty; choose from shared_memory, hosts and messages")
            }
            guard seconds > 0, seconds <= 3600 else {
                throw ValidationError("--seconds must be above 0 and at most 3600")
            }
            guard try !bytes.isEmpty else { throw ValidationError("--sizes is empty; give sizes such as 4KB,16MB") }
            try BenchmarkBounds.check(ranksPerHost, "--ranks-per-host", from: 0, to: 1_000_000)
            try BenchmarkBounds.check(bucketKilobytes, "--bucket-kilobytes", to: 1 << 26)
        }

        func run() {
            LockstepProcess.run { communicator, context in
                let isFirst = communicator.rank == 0
                try communicator.agree {
                    if communicator.size == 1 { throw OneRank(remedy: "\(Program.launch(2)) benchmark allreduce") }
                    if isFirst { try output.json.check() }
                }
                var plan = AllreduceBenchmark.Plan(sizes: try bytes, seconds: seconds)
                plan.bucketBytes = bucketKilobytes.map { $0 << 10 }
                plan.ranksPerHost = ranksPerHost
                if let paths = try chosenPaths { plan.paths = paths }
                let reference = MPIAllreduce(communicator).map { sum in
                    AllreduceBenchmark.Reference(name: "MPI_Allreduce") { try sum($0) }
                }
                let printsTable = isFirst && !output.json.replacesTable
                if printsTable {
                    print(
                        AllreduceBenchmark.heading(
                            ranks: communicator.size, reference: reference.map { _ in "MPI_Allreduce" }))
                }
                let result = try AllreduceBenchmark.run(
                    plan, against: reference, over: communicator, host: context.hostname
                ) { if printsTable { print($0.line) } }
                if printsTable && !result.notes.isEmpty { print(result.notes) }
                try communicator.agree {
                    if isFirst { try output.write(json: try result.json, plot: result.plot) }
                }
                return 0
            }
        }
    }
}

/// `benchmark allreduce` was started on one rank.
struct OneRank: Error, CustomStringConvertible {
    let remedy: String
    var description: String { "benchmark allreduce needs at least 2 ranks, found 1: \(remedy)" }
}
