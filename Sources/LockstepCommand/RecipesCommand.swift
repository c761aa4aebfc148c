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
            commandName: "settings", abstract: "List all settings: meaning, allowed values, default.")
    }

    func run() {
        LockstepProcess.run { communicator, _ in
            if communicator.rank == 0 { print(Settings.help()) }
            return 0
        }
    }
}
