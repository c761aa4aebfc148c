import Communication
import Datasets
import Recipes
import TensorEngine
import TestSupport
import Training

/// The weights of a run of the recipe `bayes` on a table, after its last step.
struct TrainedTable {
    let values: [String: [Double]]

    /// Trains on `rows`, of columns `header`, whose last is the target `y`.
    init(_ header: String, rows: [[Double]], in folder: TemporaryFolder, _ settings: [String]) throws {
        let lines = rows.map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }.joined()
        try folder.write((header + "\n" + lines).utf8, to: "table.csv")
        var request = TrainingRequest(target: "bayes", runDirectory: folder("run"))
        let common = ["data.path=\(folder("table.csv"))", "csv.target=y", "data.test_fraction=0", "log.every=1000"]
        request.overrides = try (common + settings).map { try SettingOverride(assignment: $0) }
        let asked = request
        _ = try InProcessCommunicator.run(ranks: 1) { communicator in
            _ = try TrainingProgram(asked, catalog: .all, communicator: communicator).run()
        }
        values = try Self.values(at: folder("run"))
    }

    /// The parameters of the model of a run or checkpoint.
    static func values(at path: String) throws -> [String: [Double]] {
        let saved = try SavedModel(path: path, RecipeCatalog.all.settings)
        let task = try RecipeCatalog.all.recipe(named: "bayes").makeTask(
            saved.settings, preparation: saved.preparation, loader: .alone)
        try saved.load(into: task.model)
        return Dictionary(
            uniqueKeysWithValues: task.model.parameters.named.map {
                ($0.name, $0.parameter.value.values.map(Double.init))
            })
    }

    /// Numbers of mean 0 and variance 1.
    static func standardized(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return values.map { ($0 - mean) / square.squareRoot() }
    }
}
