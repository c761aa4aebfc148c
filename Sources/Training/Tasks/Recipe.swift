public import Datasets
public import Optimizers
public import Settings

/// A ready-made training under a name: settings, and the task that they describe.
public protocol Recipe: Sendable {
    /// The name that `train` takes.
    var name: String { get }
    /// The names that it had in earlier versions, which commands and saved runs may still use.
    var formerNames: [String] { get }
    /// What it trains, in one line.
    var summary: String { get }
    /// The settings in which it differs from the defaults, whichever model is trained.
    var settings: [(key: String, value: String)] { get }
    /// The models that it trains, by `model.name`: the first unless another is asked for. Empty where there is no choice.
    var models: [RecipeModel] { get }
    /// The groups of settings that belong to this recipe, and to others that list them; it uses all of their settings.
    var settingsGroups: [any SettingsGroup.Type] { get }
    /// The settings of the groups `data` and `model`, and of groups of other recipes, that are used whichever model is trained:
    /// their names, such as `data.path`, whole sections as `data.*`, or `*` for all of `data` and `model`, the default.
    ///
    /// A user's value of another setting of these groups is refused, unless the model uses it.
    var uses: [String] { get }

    /// The settings of other groups, such as `optimizer.learning_rate`, that the recipe does not use with these settings: a
    /// user's value of one is refused.
    func ignoredSettings(_ settings: Settings) -> [IgnoredSettings]

    /// The model and the data for `settings`. *Collective within a host* where it calls `loader`, else local: every rank makes
    /// its own, all the same.
    /// - Parameters:
    ///   - preparation: what a saved run has learned of its data before it trained; nil for a new run, which learns it of its
    ///     own data.
    ///   - loader: reads data once for each host.
    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask

    /// Whether the data at `path` look like those that `pack` of this recipe takes. *Local.*
    func recognizes(dataAt path: String) -> Bool

    /// Writes the data at `data.path` to a packed file (`PackedWriter`), which `makeTask` takes in their place; returns lines that
    /// say what was packed. *Local.*
    /// - Parameter progress: told how many samples of how many were written.
    func pack(_ settings: Settings, to path: String, progress: (_ done: Int, _ of: Int) -> Void) throws -> [String]

    /// What `predict` reads and writes, such as `lines of text, to their labels`, for its help; nil: it predicts nothing.
    var prediction: String? { get }

    /// The predictor of a saved run; nil if the recipe predicts nothing. *Local.*
    func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)?

    /// The generator of a saved run; nil if the recipe generates nothing. *Local.*
    func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)?

    /// How the model of a saved run is exported; nil if the recipe does not say it. *Local.*
    func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport?

    /// How the predictions of a saved run are explained: by default those of the first function that it exports, for
    /// inputs in a `.npy` file; nil if nothing is exported. *Local.*
    func makeExplanation(_ settings: Settings, preparation: Preparation?) throws -> ExplainedModel?
}

extension Recipe {
    public var formerNames: [String] { [] }

    public var models: [RecipeModel] { [] }

    public var settingsGroups: [any SettingsGroup.Type] { [] }

    public var uses: [String] { ["*"] }

    public func ignoredSettings(_ settings: Settings) -> [IgnoredSettings] { [] }

    public func recognizes(dataAt path: String) -> Bool { false }

    public func pack(
        _ settings: Settings, to path: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] { throw NothingToPack(recipe: name) }

    public var prediction: String? { nil }

    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? { nil }

    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? { nil }

    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? { nil }

    public func makeExplanation(_ settings: Settings, preparation: Preparation?) throws -> ExplainedModel? {
        try makeExport(settings, preparation: preparation).map { ExplainedModel($0) }
    }
}

/// What is learned of the training data before training, such as vocabularies and statistics of columns: texts under names.
///
/// It is saved with each checkpoint, so that the model can be used without that data.
public typealias Preparation = [String: String]

/// One of the models that a recipe trains.
public struct RecipeModel: Sendable {
    /// The value of `model.name`.
    public let name: String
    /// What it is, in a few words.
    public let summary: String
    /// The settings in which it differs from those of the recipe; what the user gives goes before.
    public let settings: [(key: String, value: String)]
    /// The settings that it uses beside those that its recipe always does, in the form of `Recipe.uses`.
    public let uses: [String]

    /// A model under a name.
    public init(
        _ name: String, _ summary: String, _ settings: [(key: String, value: String)] = [], uses: [String] = []
    ) {
        (self.name, self.summary, self.settings, self.uses) = (name, summary, settings, uses)
    }
}

extension Recipe {
    /// The settings of the recipe and of the model of this name; nil: of its first.
    package func settings(model name: String?) throws -> [(key: String, value: String)] {
        guard let first = models.first else { return settings }
        guard let model = name == nil ? first : models.first(where: { $0.name == name }) else {
            throw UnknownModel(name: name ?? "", recipe: self)
        }
        return settings + [("model.name", model.name)] + model.settings
    }
}

/// A recipe has no model of this name.
public struct UnknownModel: Error, CustomStringConvertible {
    let name, recipe: String
    let known: [String]

    /// `recipe` has no model `name`.
    public init(name: String, recipe: any Recipe) {
        (self.name, self.recipe, known) = (name, recipe.name, recipe.models.map(\.name))
    }

    /// What was asked for, and what there is.
    public var description: String {
        "model.name is \"\(name)\", but the recipe \(recipe) knows only: \(known.joined(separator: ", "))"
    }
}

/// The recipes that there are.
public struct RecipeCatalog: Sendable {
    /// In the order of listing.
    public let recipes: [any Recipe]
    /// The settings that there are: the common ones, and those of the recipes and optimizers.
    public let settings: SettingsSchema

    /// A catalog of recipes with different names.
    /// - Parameter optimizers: optimizers beside those of the package.
    public init(_ recipes: [any Recipe], optimizers: [any OptimizerRule.Type] = []) {
        self.recipes = recipes
        settings = SettingsSchema(recipes: recipes, optimizers: optimizers)
    }

    /// The recipe that has this name, or had it.
    public func recipe(named name: String) throws -> any Recipe {
        let found = recipes.first { $0.name == name } ?? recipes.first { $0.formerNames.contains(name) }
        guard let recipe = found else {
            throw UnknownRecipe(name: name, known: recipes.map(\.name))
        }
        return recipe
    }
}

/// No recipe has this name.
public struct UnknownRecipe: Error, CustomStringConvertible {
    let name: String
    let known: [String]

    /// What was asked for, and what there is.
    public var description: String {
        let hint = nearestName(to: name, among: known).map { " (did you mean \($0)?)" } ?? ""
        return
            "there is no recipe \"\(name)\"\(hint); there are: \(known.joined(separator: ", ")); a settings file is recognized by its ending .yaml or .yml"
    }
}
