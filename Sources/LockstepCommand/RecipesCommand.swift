import ArgumentParser
import Communication
import MPICommunication
import Training

struct RecipesCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "recipes",
            abstract: "List the recipes and their models, with the settings that differ from the defaults.")
    }

    func run() {
        LockstepProcess.run { communicator, _ in
            guard communicator.rank == 0 else { return 0 }
            for recipe in Program.recipes {
                print(recipe.name)
                print("  \(recipe.summary)")
                for (key, value) in recipe.settings { print("    \(key) = \(value)") }
                for model in recipe.models {
                    print("  --model \(model.name): \(model.summary)")
                    for (key, value) in model.settings { print("    \(key) = \(value)") }
                }
            }
            return 0
        }
    }
}

struct SettingsCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "settings",
            abstract: "List the settings of a recipe, or all: meaning, allowed values, default.")
    }

    @Argument(help: "The name of a recipe, for the settings that it uses with its defaults; all settings unless given.")
    var recipe: String?

    func run() {
        LockstepProcess.run { communicator, _ in
            let text = try communicator.agree {
                try recipe.map { try Program.catalog.settingsHelp(recipe: $0, program: Program.name) }
                    ?? Program.catalog.settingsHelp(program: Program.name)
            }
            if communicator.rank == 0 { print(text, terminator: "") }
            return 0
        }
    }
}
