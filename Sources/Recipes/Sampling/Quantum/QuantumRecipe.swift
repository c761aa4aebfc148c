public import Datasets
public import Settings
public import Training

/// Variational quantum circuits on a simulated state vector.
///
/// Sources: Peruzzo and others, "A variational eigenvalue solver on a photonic quantum processor", 2014 (VQE); Pérez-Salinas and others,
/// "Data re-uploading for a universal quantum classifier", 2020.
public struct QuantumRecipe: Recipe {
    private let tables: TableSource

    /// The recipe, whose classifier takes tables of this source.
    public init(tables: TableSource) { self.tables = tables }

    public let name = "quantum"
    public let summary = "train quantum circuits: a classifier of a table (--data FILE), or the energy of H2 (VQE)"
    public let settings: [(key: String, value: String)] = [("optimizer.name", "adam")]
    public let models = [
        RecipeModel(
            "classifier", "variational classifier with data re-uploading; without a table: two moons",
            [
                ("data.test_fraction", "0.2"), ("global_batch", "32"), ("epochs", "20"),
                ("optimizer.learning_rate", "0.02"),
            ],
            uses: ["data.*"]),
        RecipeModel(
            "vqe", "variational quantum eigensolver of H2 in STO-3G at 0.7414 Å",
            [("global_batch", "full"), ("epochs", "100"), ("optimizer.learning_rate", "0.05")]),
    ]
    public var settingsGroups: [any SettingsGroup.Type] { [QuantumSettings.self] + tables.settingsGroups }
    public let uses: [String] = []

    /// Neither the eigensolver nor the two moons have a table.
    public func ignoredSettings(_ settings: Settings) -> [IgnoredSettings] {
        if settings.model.name == "vqe" { return [IgnoredSettings("csv.*", unless: "model.name", is: "classifier")] }
        guard settings.data.path == nil else { return [] }
        return [IgnoredSettings("data.*", "csv.*", unless: "data.path", is: "the file of a table")]
    }

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        switch settings.model.name {
        case "vqe": return try EigensolverTask(settings)
        case "classifier":
            let data =
                settings.data.path == nil
                ? QuantumData(moonsOf: settings.seed)
                : try QuantumData(try tables.load(settings, preparation, loader))
            return QuantumClassifierTask(settings, data)
        default: throw UnknownModel(name: settings.model.name, recipe: self)
        }
    }
}
