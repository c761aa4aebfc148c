import ArgumentParser
import Benchmarks
import Communication
import DataParallel
import Foundation
import MPICommunication

extension BenchmarkCommand {
    struct Allreduce: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "allreduce",
            abstract: "Measure the sum of gradients over all ranks, by each path, beside MPI_Allreduce.",
            discussion: """
                The gradients lie where training puts them, and are summed as training does it; MPI_Allreduce sums in \
                place. All take turns. Bus bandwidth is algorithm bandwidth (bytes over time) times 2(n-1)/n.

                  launch/local 2 benchmark allreduce --plot allreduce.svg
                """)

        @Option(
            help: ArgumentHelp("The sizes of each rank's gradients, separated by commas.", valueName: "sizes"))
        var sizes = "4KB,16KB,64KB,256KB,1MB,4MB,16MB,64MB,256MB"

        @Option(help: ArgumentHelp("About how long each size is measured.", valueName: "s"))
        var seconds = 1.0

        @Option(help: ArgumentHelp("The size of the buckets; one for all unless given.", valueName: "n"))
        var bucketKilobytes: Int?

        @Option(
            help: ArgumentHelp(
                "The paths that are measured: shared_memory, hosts, messages; all unless given.", valueName: "list"))
        var paths: String?

        @Option(
            help: ArgumentHelp(
                "Count so many ranks as those of a host of their own, to try the paths between hosts on one.",
                valueName: "n"))
        var ranksPerHost = 0

        @OptionGroup
        var output: BenchmarkOutput

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
                        throw ValidationError("--paths has \"\(name)\"; there are shared_memory, hosts and messages")
                    }
                    return path
                }
            }
        }

        func validate() throws {
            guard try chosenPaths?.isEmpty != true else { throw ValidationError("--paths names no path") }
            guard seconds > 0, seconds <= 3600 else {
                throw ValidationError("--seconds must be above 0 and at most 3600")
            }
            guard try !bytes.isEmpty else { throw ValidationError("--sizes names no size") }
            try BenchmarkBounds.check(ranksPerHost, "--ranks-per-host", from: 0, to: 1_000_000)
            try BenchmarkBounds.check(bucketKilobytes, "--bucket-kilobytes", to: 1 << 26)
        }

        func run() {
            LockstepProcess.run { communicator, context in
                let isFirst = communicator.rank == 0
                try communicator.agree {
                    if communicator.size == 1 { throw OneRank() }
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

/// There is nothing to sum.
struct OneRank: Error, CustomStringConvertible {
    var description: String {
        "benchmark allreduce needs at least two ranks, and this is one: launch/local 2 benchmark allreduce"
    }
}
