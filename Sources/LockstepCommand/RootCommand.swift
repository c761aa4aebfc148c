import ArgumentParser
import Training

/// The program: its help, its version and its subcommands.
struct RootCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Program.name,
            abstract: Program.summary,
            discussion: """
                Each command runs as one process, or on N ranks under a launcher:

                \(examples)

                A run writes its settings, metrics.jsonl and checkpoints to its run directory. `train --resume` continues \
                it, on any number of ranks.
                """,
            version: version,
            subcommands: [
                TrainCommand<Program>.self, SearchCommand<Program>.self, EvaluateCommand<Program>.self,
                PredictCommand<Program>.self, GenerateCommand<Program>.self, ExportCommand<Program>.self,
                ExplainPredictionCommand<Program>.self, InspectDataCommand<Program>.self,
                InspectCommand<Program>.self, PackCommand<Program>.self, ReportCommand<Program>.self,
                ReplayCommand<Program>.self,
                VerifyResumeCommand<Program>.self, RecipesCommand<Program>.self,
                SettingsCommand<Program>.self, TokenizerCommand<Program>.self, BenchmarkCommand<Program>.self,
                DoctorCommand<Program>.self, DifferentiateCommand.self,
            ])
    }

    private static var examples: String {
        let train = "train \(Program.exampleRecipe)"
        var rows = [("\(Program.name) \(train)", "one process")]
        if Program.name == "lockstep" {
            rows += [
                ("launch/local 4 \(train)", "4 ranks on this machine"),
                ("launch/cluster HOSTFILE \(train)", "ranks on several hosts"),
            ]
        }
        rows.append(("mpirun -n 4 \(Program.name) \(train)", "4 ranks"))
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { "  \($0.0)\(String(repeating: " ", count: width - $0.0.count))   \($0.1)" }
            .joined(separator: "\n")
    }

    private static var version: String {
        let library = "lockstep \(LockstepVersion.number)"
        let own = [Program.name, Program.version].compactMap { $0 }.joined(separator: " ")
        return Program.name == "lockstep" ? library : "\(own) (\(library))"
    }
}
