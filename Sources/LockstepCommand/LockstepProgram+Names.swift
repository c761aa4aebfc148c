import ArgumentParser
import Messages
import Training

extension LockstepProgram {
    /// The recipes by name.
    static var catalog: RecipeCatalog { RecipeCatalog(recipes, optimizers: optimizers) }

    /// The program's name, as the user types it.
    static var name: String { ProgramName.current }

    /// The recipe that the examples of the help name.
    static var exampleRecipe: String { recipes.first?.name ?? "RECIPE" }

    /// What starts `count` ranks of the program on one machine, in examples.
    static func launch(_ count: Int) -> String {
        name == "lockstep" ? "launch/local \(count)" : "mpirun -n \(count) \(name)"
    }

    /// The help of arguments that name what is trained.
    static var targetHelp: ArgumentHelp {
        ArgumentHelp(
            "The name of a recipe (see `\(name) recipes`), or a settings file that ends in .yaml.", valueName: "recipe")
    }

    /// The recipe of benchmarks that name none: the one without data where there is one.
    static var benchmarkTarget: String {
        let names = recipes.map(\.name)
        return names.contains("synthetic") ? "synthetic" : names.first ?? "synthetic"
    }
}

/// The help of arguments that name a saved run.
let savedRunHelp = ArgumentHelp(
    "A run directory (its newest checkpoint is used), RUN/best (its best), or a checkpoint's directory.",
    valueName: "run")
