import Diagnosis
import ArgumentParser
import Communication
import MPICommunication
import Training

struct ReplayCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "replay",
            abstract: "Recompute a step whose loss or gradient was NaN or infinite, bit for bit.",
            discussion: """
                At such a step a run writes replay-step-N.json and the weights before the step to its run directory. replay \
                recomputes it on one process, whatever the number of ranks was, and names the first operation whose output is \
                not finite. The exit code is 1 if the bits differ from the recorded ones.
                """)
    }

    @Argument(help: "The file replay-step-N.json of the run directory.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("File or directory of the data, if it was moved.", valueName: "path"))
    var data: String?

    func run() {
        LockstepProcess.run { communicator, _ in
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                let overrides = data.map { [SettingOverride(key: "data.path", value: $0, source: "--data")] } ?? []
                let result = try Replay(path: file, overrides: overrides, catalog: Program.catalog).run()
                print(result.text, terminator: "")
                try result.check()
                print("All bits are as recorded.")
            }
            return 0
        }
    }
}
