import DataParallel
import Datasets
import Layers
import Settings
import Synchronization
import TensorEngine
import Training

/// The model and the rows of the recipe `stream`.
final class StreamTask: TrainingTask {
    /// What a row was before it was learned from.
    struct Tested {
        /// 1 for a wrong class and 0 for the right one; of a number the absolute error, in deviations of the target.
        let error: Double
        /// Whether its class is one of the model's.
        let isKnown: Bool
    }

    private let settings: Settings
    private let path: String
    private let table: TableModel
    private let layers: Int
    let state: StreamState
    /// By the number of the row, those of this rank in the present step.
    let tested = Mutex<[Int: Tested]>([:])
    let trainingData = StreamRows.stream
    let testData: StreamRows
    let preparation: Preparation
    let dataSummary: String
    let dataNotes: [String]

    var model: any Parameterized { table.model }
    var modelSummary: String { table.summary }
    var meanings: [AxisMeaning] { table.schema.meanings(layers: layers) }
    var classNames: [String] { table.schema.classNames }
    var endsWithData: Bool { true }

    init(_ settings: Settings, _ saved: Preparation?) throws {
        guard let path = settings.data.path else {
            throw MissingData(recipe: "stream", what: "a file or a pipe of rows")
        }
        try Self.check(settings)
        (self.settings, self.path) = (settings, path)
        let schema: TableSchema
        var notes: [String] = []
        if let saved {
            schema = try saved.value(TableModel.schema, as: TableSchema.self) { try $0.validate() }
        } else {
            let head = try Self.head(settings, path)
            schema = head.schema
            notes.append("learned of the first \(head.rows) rows: \(schema.summary)")
        }
        table = try TableModel(settings, schema)
        layers = settings.model.hidden.count + 1
        state = StreamState(settings.stream)
        testData = StreamRows(
            try settings.data.testPath.map { path in
                let head = try StreamReader.head(
                    of: StreamFile(path: path), path: path, rows: .max - 1,
                    withHeader: settings.csv.header != .no)
                return try TableRows(streamed: head.bytes, path: path, settings.csv.format, schema)
            })
        var preparation = Preparation()
        try preparation.set(TableModel.schema, schema)
        self.preparation = preparation
        dataNotes = notes + ["each row is tested, then learned from; the run ends with the stream"]
        let task =
            switch schema.target {
            case .number: "regression of \(schema.targetName)"
            case .classes(let names): "classification of \(schema.targetName) (\(names.count) classes)"
            }
        let columns = "\(schema.columns.count) \(schema.columns.count == 1 ? "column" : "columns")"
        dataSummary = "\(path), a stream of rows, \(task) from \(columns)"
    }

    /// Throws where the settings are not those of a stream.
    private static func check(_ settings: Settings) throws {
        guard settings.globalBatch > 0 else {
            throw SettingsError.conflict(
                "global_batch is full, and a stream has no end that is known; set global_batch to a number of rows")
        }
        guard settings.epochs == 1 else {
            throw SettingsError.conflict("a stream is passed once; set epochs to 1, found \(settings.epochs)")
        }
        guard settings.csv.weight == nil else {
            throw SettingsError.conflict("prequential scores count every row once; set csv.weight to none")
        }
        let format = settings.csv.format
        if format.decimal == format.thousands { throw SameSign() }
    }

    /// The schema of the first rows, and how many there were.
    private static func head(_ settings: Settings, _ path: String) throws -> (schema: TableSchema, rows: Int) {
        let stream = settings.stream
        let source = stream.example ?? path
        let file = try StreamFile(path: source)
        guard file.isSeekable else { throw NoExample(path: source, rows: stream.headRows) }
        let withHeader = settings.csv.header != .no
        let head = try StreamReader.head(of: file, path: source, rows: stream.headRows, withHeader: withHeader)
        // ranks that read a growing file at different times would learn of different rows
        guard head.rows >= stream.headRows || !stream.follow || stream.example != nil else {
            throw DatasetError.unusable(
                path: source, found: "\(head.rows) \(head.rows == 1 ? "row" : "rows")",
                expected:
                    "at least stream.head_rows (\(stream.headRows)) in a file that grows; set fewer, or start later")
        }
        let task: TableSchema.Task =
            switch settings.csv.task {
            case .automatic: .automatic
            case .regression: .regression
            case .classification: .classification
            }
        let schema = try TableSchema(
            of: head.bytes, path: source, settings.csv.format, target: settings.csv.target, task: task)
        return (schema, head.rows)
    }

    func makeSource(_ setup: RunSetup) throws -> any StepSource<LoadedStep<StreamBatch>> {
        StreamSteps(settings, path: path, table.schema, state, setup)
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<StreamBatch>> { try StreamStep(self, setup) }

    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] { [DriftFile(self, setup.context)] }

    /// The loss of rows, which are predicted without dropout before they are learned from.
    func loss(_ batch: StreamBatch, _ context: ForwardContext) -> SummedLoss {
        let outputs = table.model(batch.rows.inputs, context)
        test(settings.model.dropout > 0 ? table.model(batch.rows.inputs) : outputs, batch)
        return table.loss(outputs, batch.rows)
    }

    /// An error that is not finite counts as so many deviations.
    private static let largestError = 1e9

    /// Notes the errors of rows, unless they are known: a step that is computed again has learned from them.
    private func test(_ outputs: Tensor, _ batch: StreamBatch) {
        let found: [Tested]
        switch table.schema.target {
        case .number(let mean, let deviation):
            found = zip(outputs.values, batch.rows.targets).map { output, target in
                let error = abs(Double(output) - (target - mean) / deviation)
                return Tested(error: error.isFinite ? min(error, Self.largestError) : Self.largestError, isKnown: true)
            }
        case .classes:
            found = zip(outputs.argmax().values, batch.rows.targets).map { guess, target in
                Tested(error: Double(guess) == target ? 0 : 1, isKnown: target >= 0)
            }
        }
        tested.withLock { known in
            for (index, row) in found.enumerated() where known[batch.first + index] == nil {
                known[batch.first + index] = row
            }
        }
    }

    /// The prequential scores so far.
    var prequentialMetrics: [NamedSum] {
        let scores = state.scores
        func metric(_ name: String, _ value: Double) -> NamedSum { NamedSum(name, sum: value, count: 1) }
        let drifts = metric("drifts", Double(scores.drifts.count))
        switch table.schema.target {
        case .number(_, let deviation):
            return [
                metric("prequential_mae", scores.mean * deviation), metric("recent_mae", scores.recent * deviation),
                drifts,
            ]
        case .classes:
            return [
                metric("prequential_accuracy", 1 - scores.mean), metric("recent_accuracy", 1 - scores.recent), drifts,
            ]
        }
    }

    func evaluate(_ batch: StreamBatch) -> EvaluationSums {
        let outputs = table.model(batch.rows.inputs)
        return table.scores(outputs, table.loss(outputs, batch.rows), batch.rows)
    }

    func merged(_ details: [Double], _ others: [Double]) -> [Double] { table.merged(details, others) }

    func metrics(_ details: [Double]) -> [String: Double] { table.metrics(details) }
}

/// The schema of a pipe cannot be learned of the pipe itself: its first rows would be gone.
struct NoExample: Error, CustomStringConvertible {
    let path: String
    let rows: Int
    var description: String {
        "\(path) is a pipe, which every rank would have to read for the types of its columns; name a file with such rows (--set stream.example=FILE), such as its first \(rows) with the header row"
    }
}
