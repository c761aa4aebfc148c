import ArgumentParser
import Benchmarks
import Kernels

extension BenchmarkCommand {
    struct Kernels: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "kernels",
                abstract: "Measure each kernel over its shapes, compared with the peak of this machine.",
                discussion: """
                    One process, one thread. FLOPs are those of the formula, not those that a kernel executes; bytes count \
                    each input and output once. More than 100 % of the memory bandwidth means that the data are in the cache.
                    """)
        }

        @Option(help: ArgumentHelp("Only kernels whose name contains this text.", valueName: "text"))
        var filter = ""

        @Option(help: ArgumentHelp("Seconds to measure each kernel.", valueName: "s"))
        var seconds = 0.2

        @OptionGroup
        var json: JSONOutput<Program>

        func validate() throws {
            guard seconds > 0, seconds <= 60 else { throw ValidationError("--seconds must be above 0 and at most 60") }
        }

        func run() throws {
            try json.check()
            KernelLibrary.useThreads(1)
            let printsTable = !json.replacesTable
            if printsTable { print(KernelBenchmark.heading) }
            let result = KernelBenchmark.run(filter: filter, seconds: seconds) { if printsTable { print($0.line) } }
            guard !result.rows.isEmpty else {
                throw ValidationError("no kernel's name contains \"\(filter)\"; leave --filter out to see all")
            }
            if printsTable { print(result.peakLine) }
            try json.write(result.json)
        }
    }
}
