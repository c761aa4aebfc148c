import ArgumentParser
import Communication
import MPICommunication
import Recipes
import Training

struct RecipesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipes",
        abstract: "List the recipes and their models, with the settings in which they differ from the defaults.")

    func run() {
        LockstepProcess.run { communicator, _ in
            guard communicator.rank == 0 else { return 0 }
            for recipe in RecipeCatalog.all.recipes {
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

struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "List all settings: what they mean, what is allowed, and their defaults.")

    func run() {
        LockstepProcess.run { communicator, _ in
            if communicator.rank == 0 { print(Settings.help()) }
            return 0
        }
    }
}
