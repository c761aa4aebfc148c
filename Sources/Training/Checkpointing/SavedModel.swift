import Checkpoints
import Optimizers
public import TensorEngine

/// The model of a saved run, to be used on one process.
public struct SavedModel {
    /// The settings of the run.
    public let settings: Settings
    /// What the run learned of its data before it trained.
    public let preparation: Preparation?
    private let path: String
    private let checkpoint: Checkpoint

    /// The step after which it was saved.
    public var step: Int { checkpoint.state.step }

    /// The newest model of the run at `path`, or that of a checkpoint's folder; `overrides` may change what a resumed run
    /// may, such as `data.path`; `schema` says which settings the run's program has. *Local.*
    public init(path: String, overrides: [SettingOverride] = [], _ schema: SettingsSchema) throws {
        self.path = path
        checkpoint = try SavedRun.checkpoint(at: path)
        settings = try Settings.resumed(from: checkpoint.state.settings, applying: overrides, schema)
        preparation = checkpoint.state.preparation
        settings.useThreads()
    }

    /// The newest model of the run of `recipe` at `path`, or that of a checkpoint's folder, for a training that uses it: settings that
    /// `recipe` does not know are left out, and the threads stay as they are. Throws where it is a run of another recipe. *Local.*
    public init(path: String, of recipe: any Recipe) throws {
        self.path = path
        checkpoint = try SavedRun.checkpoint(at: path)
        settings = try Settings(
            RecipeCatalog([recipe]).settings, flat: checkpoint.state.settings, source: path, ignoresUnknown: true)
        guard ([recipe.name] + recipe.formerNames).contains(settings.recipe) else {
            throw OtherRecipe(path: path, found: settings.recipe, expected: recipe.name)
        }
        preparation = checkpoint.state.preparation
    }

    /// Puts the weights that the run evaluated into `model`: its average of the weights, when there is one.
    public func load(into model: any Parameterized) throws {
        let arena = ParameterArena(model)
        let weights = LearnedWeights(arena, average: settings.makeAverage(arena))
        try weights.restoreModel(checkpoint, from: path)
        weights.keepEvaluatedWeights(step: checkpoint.state.step)
    }
}

extension ModelExport {
    /// What is exported of the newest model of the run at `path`, or of a checkpoint's directory, with its weights; and the
    /// recipe and step. *Local.*
    public static func saved(at path: String, catalog: RecipeCatalog) throws -> (
        export: ModelExport, recipe: String, step: Int
    ) {
        let saved = try SavedModel(path: path, catalog.settings)
        let recipe = try catalog.recipe(named: saved.settings.recipe)
        guard let export = try recipe.makeExport(saved.settings, preparation: saved.preparation) else {
            throw NoExport(path: path, recipe: recipe.name)
        }
        try saved.load(into: export.model)
        return (export, recipe.name, saved.step)
    }
}

extension ExplainedModel {
    /// How predictions of the newest model of the run at `path`, or of a checkpoint's directory, are explained; its
    /// weights are loaded. *Local.*
    public static func saved(
        at path: String, overrides: [SettingOverride] = [], catalog: RecipeCatalog
    ) throws -> ExplainedModel {
        let saved = try SavedModel(path: path, overrides: overrides, catalog.settings)
        let recipe = try catalog.recipe(named: saved.settings.recipe)
        guard let explained = try recipe.makeExplanation(saved.settings, preparation: saved.preparation) else {
            throw NoExplanation(path: path, recipe: recipe.name)
        }
        try saved.load(into: explained.export.model)
        return explained
    }
}

/// Predicts with the model of a saved run.
public struct Prediction {
    private let predictor: any Predictor
    private let recipe: String

    /// The newest model of the run at `path`, or that of a checkpoint's directory. *Local.*
    public init(path: String, overrides: [SettingOverride] = [], catalog: RecipeCatalog) throws {
        let saved = try SavedModel(path: path, overrides: overrides, catalog.settings)
        let recipe = try catalog.recipe(named: saved.settings.recipe)
        guard let predictor = try recipe.makePredictor(saved.settings, preparation: saved.preparation) else {
            throw NoPredictor(path: path, recipe: recipe.name)
        }
        try saved.load(into: predictor.model)
        (self.predictor, self.recipe) = (predictor, recipe.name)
    }

    /// Predicts, and passes the result to `each` line by line, without line ends. *Local.*
    public func run(_ request: PredictionRequest, each: (String) -> Void) throws {
        guard request.output == nil || predictor.writesOutput else { throw NoOutputFile(recipe: recipe) }
        try predictor.predict(request, each: each)
    }
}

/// Generates with the model of a saved run.
public struct Generation {
    private let generator: any Generator

    /// The newest model of the run at `path`, or that of a checkpoint's directory. *Local.*
    public init(path: String, overrides: [SettingOverride] = [], catalog: RecipeCatalog) throws {
        let saved = try SavedModel(path: path, overrides: overrides, catalog.settings)
        let recipe = try catalog.recipe(named: saved.settings.recipe)
        guard let generator = try recipe.makeGenerator(saved.settings, preparation: saved.preparation) else {
            throw NoGenerator(path: path, recipe: recipe.name)
        }
        try saved.load(into: generator.model)
        self.generator = generator
    }

    /// Generates, and passes the text to `each` piece by piece. *Local.*
    public func run(_ request: GenerationRequest, each: (String) -> Void) throws {
        try generator.generate(request, each: each)
    }
}

/// A saved run is of another recipe than the one that is needed.
struct OtherRecipe: Error, CustomStringConvertible {
    let path, found, expected: String
    var description: String {
        "\(path) is a run of the recipe \(found), and one of \(expected) is needed; name another run directory"
    }
}
