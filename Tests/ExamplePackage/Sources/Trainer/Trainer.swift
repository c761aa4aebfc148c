import Lockstep

/// The program: every command of `lockstep`, for the recipe of this package and those of Lockstep, with an optimizer of its own.
@main
struct Trainer: LockstepProgram {
    static let recipes: [any Recipe] = [BearingRecipe()] + Lockstep.recipes
    static let optimizers: [any OptimizerRule.Type] = [SignumSettings.self]
    static let summary = "Estimate from its vibrations how long a bearing will last."
    static let version: String? = "1.0"
}
