import ArgumentParser
import Communication
import Kernels
import Messages
import MPICommunication
import Training

struct TrainCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "train",
            abstract: "Train a recipe, or the run that a settings file describes.",
            discussion: """
                Later settings override earlier ones: defaults, recipe, model, settings file, options. `\(Program.name) \
                settings RECIPE` lists those of a recipe, `\(Program.name) settings` all; --set assigns any of them:

                  \(Program.name) train \(Program.exampleRecipe) --epochs 5 --set optimizer.learning_rate=0.01

                With a fixed number of --shards the weights are bitwise identical on any number of ranks up to that number.
                """)
    }

    @Argument(help: Program.targetHelp)
    var target: String

    @Option(help: ArgumentHelp("Directory of the run, new or to be resumed.", valueName: "dir"), completion: .directory)
    var runDir: String?

    @Flag(help: "Continue from the newest checkpoint in --run-dir, or in the recipe's newest run.")
    var resume = false

    @Flag(
        help: "Write a timeline of steps 11 to 20 on all ranks to trace.json, for Perfetto (trace.steps: other steps).")
    var trace = false

    @Flag(
        help: "Print steps, batch sizes, learning rates, communication and memory of the run, and stop before step 1.")
    var explain = false

    @Option(
        help: ArgumentHelp(
            """
            Let a fault happen, to see what becomes of the run: rank=1,step=50,kind=kill (or segv, throw, hang, stop, slow, \
            nan, bitflip, disk-full, host-down); can be repeated.
            """, valueName: "fault"))
    var inject: [String] = []

    @OptionGroup(title: "Settings")
    var training: TrainingOptions

    func validate() throws {
        if explain && resume { throw ValidationError("--explain describes a new run: leave --resume out") }
    }

    func run() {
        LockstepProcess.run(interrupted: explain ? "" : TrainingProgram.beforeFirstStep) { communicator, context in
            let traced =
                trace ? [SettingOverride(key: "trace.steps", value: "11-20", source: "--trace")] : []
            let overrides: [SettingOverride] = try communicator.agree { traced + (try training.overrides) }
            var request = TrainingRequest(
                target: target, overrides: overrides, runDirectory: runDir, resumes: resume,
                commandLine: CommandLine.arguments, libraries: context.libraries, hostname: context.hostname)
            request.usesEnvironment = true
            request.endJob = context.endJob
            request.faults = try communicator.agree { try inject.map { try InjectedFault($0) } }
            let program = TrainingProgram(request, catalog: Program.catalog, communicator: communicator)
            if explain {
                let explanation = try program.explain()
                if communicator.rank == 0 {
                    print(
                        block(
                            "\(explanation.recipe), explained; nothing is trained",
                            explanation.rows.map { ($0.name, $0.text) }), terminator: "")
                }
                return 0
            }
            _ = try program.run()
            return 0
        }
    }
}

extension LaunchContext {
    /// Names and versions of the system libraries.
    var libraries: [String: String] {
        var libraries = ["oneDNN": KernelLibrary.version]
        libraries["MPI"] = mpiVersion
        return libraries
    }
}
