import ArgumentParser
import Benchmarks
import Kernels

extension BenchmarkCommand {
    struct Kernels: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "kernels",
            abstract: "Measure each kernel over its shapes, against the peak of this machine.",
            discussion: """
                One process, one thread. Operations are those of the formula, whatever a kernel does in truth; bytes are \
                those of inputs and outputs, each once. A share above 100 % of memory means that the cache serves it.
                """)

        @Option(help: ArgumentHelp("Only kernels whose name contains this.", valueName: "text"))
        var filter = ""

        @Option(help: ArgumentHelp("How long each is measured.", valueName: "s"))
        var seconds = 0.2

        @OptionGroup
        var json: JSONOutput

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
                throw ValidationError("no kernel has a name with \"\(filter)\"; see them all without --filter")
            }
            if printsTable { print(result.peakLine) }
            try json.write(result.json)
        }
    }
}
