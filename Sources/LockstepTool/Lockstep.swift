import Lockstep

/// The program `lockstep`: all commands, for the recipes of this package.
@main
struct LockstepTool: LockstepProgram {
    static let recipes = Lockstep.recipes
}
