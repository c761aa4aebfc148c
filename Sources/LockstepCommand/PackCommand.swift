import ArgumentParser
import Communication
import MPICommunication
import RunRecords
import Training

struct PackCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "pack",
            abstract: "Pack the samples of a data set into one file, which is memory-mapped in training.",
            discussion: """
                `train RECIPE --data FILE` takes the packed file in place of the data, and gives the same bytes. Images are decoded and \
                resized once, texts tokenized, tables and sounds made numbers; set what decides that here (--set). The recipes images, \
                arrays, audio, language-model, csv and fashion-mnist pack; those that read IDX files take what fashion-mnist has packed.
                """)
    }

    @Argument(help: "File or directory of the data.", completion: .directory)
    var data: String

    @Argument(
        help: "The packed file to write; an existing one is replaced when the new one is complete.", completion: .file()
    )
    var file: String

    @Option(help: "The recipe that the data are for; default: the one that recognizes them.")
    var recipe: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("Set any setting; can be repeated.", valueName: "key=value"))
    var assignments: [String] = []

    func run() {
        LockstepProcess.run { communicator, _ in
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                let packing = DataPacking(
                    data, to: file, recipe: recipe,
                    overrides: try assignments.map { try SettingOverride(assignment: $0) }, catalog: Program.catalog)
                for line in try packing.run(reporter: ProgressReporter()) { Terminal.show(line) }
            }
            return 0
        }
    }
}
