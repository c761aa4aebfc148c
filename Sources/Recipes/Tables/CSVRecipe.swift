public import Datasets
import Kernels
import Layers
import TensorEngine
public import Settings
public import Training

/// A table of comma-separated values: predicts one column from the others, a number or a class, with a perceptron.
public struct CSVRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `csv`
    public let name = "csv"
    /// In one line.
    public let summary =
        "predict a column (csv.target) of a table of comma-separated values (--data FILE): regression or classification"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [
        ("epochs", "50"), ("global_batch", "32"), ("data.test_fraction", "0.2"), ("optimizer.name", "adamw"),
        ("optimizer.learning_rate", "0.002"), ("optimizer.weight_decay", "0.01"), ("optimizer.decay", "matrices"),
        ("schedule.name", "cosine"),
    ]
    /// A perceptron.
    public let models = [RecipeModel("mlp", "perceptron", [("model.hidden", "[64, 32]")])]
    /// Its groups of settings.
    public let settingsGroups: [any SettingsGroup.Type] = [TableSettings.self, LossSettings.self]
    /// The data, with a part or a file of its own to test on, and the layers.
    public let uses = ["data.*", "model.hidden"] + ModelSettings.perceptronKeys

    /// The model, and the rows to train and to test on.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try TableTask(settings, preparation, loader)
    }

    /// Packs the rows as the numbers that the model takes, to train and to test on.
    public func pack(
        _ settings: Settings, to path: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] {
        guard let source = settings.data.path else { throw MissingData(recipe: name, what: "a table") }
        return try PackedTable.pack(
            TableRequest(settings, path: source, nil), settings: settings.ofTables, to: path, progress: progress)
    }

    public let prediction: String? = "rows with the columns that were learned from, to the same rows and a prediction"

    /// Adds predictions to the rows of a table.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        let schema = try (preparation ?? [:]).value(TableModel.schema, as: TableSchema.self) { try $0.validate() }
        return TablePredictor(table: try TableModel(settings, schema), format: settings.csv.format)
    }
}

/// The model for a table.
struct TableModel {
    let schema: TableSchema
    let model: any Module
    let summary: String

    init(_ settings: Settings, _ schema: TableSchema) throws {
        try CSVRecipe().checkModel(settings)
        let outputs =
            switch schema.target {
            case .number: 1
            case .classes(let names): names.count
            }
        let widths = [schema.width] + settings.model.hidden + [outputs]
        try MemoryNeed(perceptron: widths, connections: settings.model.connections).check(settings)
        var random = InitializationRandom(seed: settings.seed)
        model = settings.model.perceptron(widths: widths, random: &random)
        self.schema = schema
        summary = settings.model.perceptronSummary(widths: widths)
    }

    /// What the schema is saved as.
    static let schema = "schema"
}

/// The same sign within numbers has two meanings.
struct SameSign: Error, CustomStringConvertible {
    let description = "csv.decimal and csv.thousands are the same sign; set the other one, too"
}
