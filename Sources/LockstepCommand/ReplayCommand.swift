import ArgumentParser
import Communication
import MPICommunication
import Recipes
import Training

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Compute the shards of a step again whose loss or gradient was not finite, bit for bit.",
        discussion: """
            A run that meets such a step writes replay-step-N.json and the weights of that step into its run directory. One \
            process is enough, also for a run of many ranks. The first operation that is not finite is named. Exits with 1 \
            when the bits are not those that were recorded.
            """)

    @Argument(help: "The file replay-step-N.json.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("File or directory of the data, if it has moved.", valueName: "path"))
    var data: String?

    func run() {
        LockstepProcess.run { communicator, _ in
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                let overrides = data.map { [SettingOverride(key: "data.path", value: $0, source: "--data")] } ?? []
                let result = try Replay(path: file, overrides: overrides, catalog: .all).run()
                print(result.text, terminator: "")
                try result.check()
                print("Every bit is as recorded.")
            }
            return 0
        }
    }
}
