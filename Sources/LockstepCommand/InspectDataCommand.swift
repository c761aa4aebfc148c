import ArgumentParser
import Communication
import MPICommunication
import RunRecords
import Training

struct InspectDataCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "inspect-data",
            abstract: "Rank the training data of a run by their loss: wrong labels are among the first.",
            discussion: """
                The samples are all of data.path, numbered from 0 in their order, with those that were held out for testing. \
                A model that has learned wrong labels by heart finds fewer: train it for few epochs, or with loss.name \
                generalized.
                """)
    }

    @Argument(help: savedRunHelp, completion: .directory)
    var path: String

    @Option(help: ArgumentHelp("Print this many samples.", valueName: "n"))
    var top = 20

    @Option(help: ArgumentHelp("Write all samples as CSV.", valueName: "file"), completion: .file())
    var csv: String?

    @Option(
        help: ArgumentHelp("File or directory of the data; default: that of the run.", valueName: "path"),
        completion: .directory)
    var data: String?

    func validate() throws {
        guard (0...1_000_000_000).contains(top) else {
            throw ValidationError("--top must be from 0 to 1000000000, found \(top)")
        }
    }

    func run() {
        LockstepProcess.run { communicator, _ in
            let overrides = data.map { [SettingOverride(key: "data.path", value: $0, source: "--data")] } ?? []
            let found = try DataInspection(path: path, overrides: overrides, catalog: Program.catalog)
                .run(over: communicator)
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                Terminal.show(found.text(first: top))
                if let csv { try ResultFile.write(found.csv, to: csv) }
            }
            return 0
        }
    }
}
