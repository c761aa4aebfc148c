// One import for users of the package: `import Lockstep`.

@_exported public import ActingRecipes
@_exported public import Checkpoints
@_exported public import Circuits
@_exported public import Communication
@_exported public import DataParallel
@_exported public import Datasets
@_exported public import DifferentiablePrograms
@_exported public import Explanations
@_exported public import Environments
@_exported public import Evolution
@_exported public import EvolutionRecipes
@_exported public import Export
@_exported public import Diagnosis
@_exported public import LearningRecipes
@_exported public import struct Kernels.Extent
@_exported public import enum Kernels.KernelLibrary
@_exported public import struct Kernels.PhiloxGenerator
@_exported public import struct Kernels.RandomPurpose
@_exported public import Layers
@_exported public import protocol LockstepCommand.LockstepProgram
@_exported public import MPICommunication
@_exported public import Optimizers
@_exported public import Probability
@_exported public import Recipes
@_exported public import SamplingRecipes
@_exported public import Settings
@_exported public import Report
@_exported public import RunRecords
@_exported public import Search
@_exported public import TensorEngine
@_exported public import Timeline
@_exported public import Tokenizers
@_exported public import Training

/// The recipes of this package, for a program that has them beside its own: `[MyRecipe()] + Lockstep.recipes`.
public var recipes: [any Recipe] { RecipeCatalog.all.recipes }
