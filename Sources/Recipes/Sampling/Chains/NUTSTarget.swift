import Datasets
import Probability
import TensorEngine
import Training

/// A density that the recipe `nuts` draws from, and the data it comes from.
struct NUTSTarget {
    let density: Density
    let summary: String
    var notes: [String] = []
    var preparation: Preparation = [:]
    var checksum: UInt32?

    init(_ density: Density, summary: String) { (self.density, self.summary) = (density, summary) }

    /// The regression of a table's target on its other columns, which are standardized, as is a linear target.
    init(_ family: RegressionFamily, _ table: TableSource.Table) throws {
        let schema = table.schema
        guard table.training.count > 0 else {
            throw DatasetError.unusable(path: table.path, found: "no rows to train on", expected: "some")
        }
        let batch = table.training.batch(of: Array(0..<table.training.count))
        guard batch.weights == nil else {
            throw DatasetError.unusable(
                path: table.path, found: "sample weights (csv.weight)",
                expected: "none: a posterior counts each row once")
        }
        let targets: [Float]
        switch (family, schema.target) {
        case (.linear, .number(let mean, let deviation)):
            targets = batch.targets.map { Float(($0 - mean) / deviation) }
        case (.logistic, .classes(let names)) where names.count == 2: targets = batch.targets.map { Float($0) }
        case (.poisson, .number):
            if let wrong = batch.targets.first(where: { $0 < 0 || $0 != $0.rounded() }) {
                throw DatasetError.unusable(
                    path: table.path, found: "\(schema.targetName) is \(wrong)", expected: "counts: 0, 1, 2 …")
            }
            targets = batch.targets.map { Float($0) }
        case (_, .number):
            throw DatasetError.unusable(
                path: table.path, found: "\(schema.targetName) is a number",
                expected: "two classes; use linear-regression, or csv.task=classification")
        case (_, .classes(let names)):
            throw DatasetError.unusable(
                path: table.path,
                found: "\(schema.targetName) has \(names.count) \(names.count == 1 ? "class" : "classes")",
                expected: family == .logistic ? "two" : "numbers; use logistic-regression, or csv.task=regression")
        }
        density = .regression(family, features: batch.inputs, targets: Tensor(targets))
        (notes, preparation, checksum) = (table.notes, table.preparation, table.training.checksum)
        summary =
            "\(table.path), \(table.training.count) rows, \(schema.targetName) from \(schema.width) \(schema.width == 1 ? "feature" : "features")"
    }
}
