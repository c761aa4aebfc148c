import Messages

/// A request to read a table to train on.
package struct TableRequest: Sendable {
    /// The file, and one with rows to test on; nil if they are a part of the file.
    package var path: String
    package var testPath: String?
    package var format: TableFormat
    /// The column that is predicted; nil: the last.
    package var target: String?
    /// The column of the rows' weights.
    package var weight: String?
    package var task: TableSchema.Task
    /// The part of the rows that is for testing, and the seed that chooses it.
    package var testFraction: Double
    package var seed: UInt64
    /// The schema learned earlier; nil to infer it.
    package var schema: TableSchema?

    /// A request for the file at `path`.
    package init(path: String, format: TableFormat, task: TableSchema.Task, testFraction: Double, seed: UInt64) {
        (self.path, self.format, self.task) = (path, format, task)
        (self.testFraction, self.seed) = (testFraction, seed)
    }
}

/// A table as rows to train on and rows to test on, with what its columns were taken for.
package struct TableData: HostLoadable {
    /// The part that is copied between the ranks of a host.
    package struct Notes: Codable, Sendable {
        package let schema: TableSchema
        /// Notes on the table, one line each.
        package let lines: [String]
        let trainingCount, testCount: Int
    }

    package let notes: Notes
    package let training, test: TableRows

    package var arrays: [HostBytes] { training.arrays + test.arrays }

    /// The data that `notes` and `arrays` describe.
    package init(notes: Notes, arrays: [HostBytes]) throws {
        guard arrays.count == 8, let training = TableRows(count: notes.trainingCount, notes.schema, arrays[..<4]),
            let test = TableRows(count: notes.testCount, notes.schema, arrays[4...])
        else {
            throw DatasetError.unusable(
                path: "the table of another rank", found: "arrays of other sizes", expected: "those of its columns")
        }
        (self.notes, self.training, self.test) = (notes, training, test)
    }

    /// Reads the tables that are asked for.
    /// - Parameter progress: called with the bytes read of a file, and its size.
    package init(_ request: TableRequest, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) throws(DatasetError)
    {
        let reader = try TableReader(path: request.path, request.format)
        var task = request.task
        if let target = request.schema?.target { if case .classes = target { task = .classification } }
        var target = request.target ?? request.schema?.targetName ?? ""
        if target.isEmpty { target = try Self.lastColumn(reader) }
        var leftOut: [TableSchema.LeftOut] = []
        var columns: [ColumnBuilder]
        if let schema = request.schema {
            columns = try schema.columns(of: reader, withTarget: true, weight: request.weight)
        } else {
            (columns, leftOut) = try TableSchema.columns(
                toLearn: reader, target: target, weight: request.weight, task: task)
        }
        let count = try reader.read(into: &columns, progress: progress)
        guard count > 0 else {
            throw .unusable(path: request.path, found: "no rows", expected: "at least one after the header row")
        }
        var table = try TableColumns(columns, count: count, reader)
        columns = []

        let place = try reader.column(named: target, for: "the target")
        let isTest = try Self.isTest(table, place, request)
        if request.testPath == nil {
            let tested = isTest.count { $0 }
            try Self.checkSplit(request, training: count - tested, test: tested)
        }
        let schema: TableSchema
        if let saved = request.schema {
            schema = saved
        } else {
            schema = try TableSchema(
                of: &table, isTest: isTest, target: target, weight: request.weight, task: task, leftOut: leftOut)
        }
        var lines = [schema.summary]
        if request.schema == nil { lines += Self.doubts(table, place, schema) }
        if !table.kept.isEmpty {
            let listed = table.kept.listed(longest: 80) { "\([$0.name].listedNames) \($0.count)" }
            lines.append("only the \(TableSchema.mostCategories) most frequent categories are learned, of \(listed)")
        }
        if request.schema != nil { try table.checkTarget(place) }

        let encoder = TableEncoder(schema: schema, weight: request.weight)
        var counts = TableEncoder.Counts()
        var blankLines = reader.blankLines
        var rows = try encoder.encode(&table, isTest: isTest, &counts)
        if let testPath = request.testPath {
            let tests = try TableReader(path: testPath, request.format)
            var columns = try schema.columns(of: tests, withTarget: true, weight: request.weight)
            let count = try tests.read(into: &columns, progress: progress)
            var table = try TableColumns(columns, count: count, tests)
            try table.checkTarget(try tests.column(named: schema.targetName, for: "the target"))
            rows.test = try encoder.encode(&table, isTest: nil, &counts).test
            blankLines += tests.blankLines
        }
        // rows without a target are neither
        try Self.checkSplit(request, training: rows.training.count, test: rows.test.count)
        (training, test) = (rows.training, rows.test)
        lines += counts.lines(schema, blankLines: blankLines)
        notes = Notes(schema: schema, lines: lines, trainingCount: training.count, testCount: test.count)
    }

    private static func checkSplit(_ request: TableRequest, training: Int, test: Int) throws(DatasetError) {
        try DatasetError.checkSplit(
            training: training, test: test, of: "row", path: request.path, testPath: request.testPath,
            testFraction: request.testFraction)
    }

    private static func lastColumn(_ reader: TableReader) throws(DatasetError) -> String {
        let last = reader.header[reader.header.count - 1]
        guard reader.header.dropLast().contains("none") else { return last }
        throw .unusable(
            path: reader.path, found: "a column named none, and csv.target none, which stands for the last column",
            expected:
                "csv.target=\"none\" with the quotes for that column, or csv.target=\(CSVText.field(last)) for the last"
        )
    }

    /// Which rows are tested on.
    private static func isTest(
        _ table: TableColumns, _ target: Int, _ request: TableRequest
    ) throws(DatasetError) -> [Bool] {
        guard request.testPath == nil else { return [Bool](repeating: false, count: table.count) }
        let learnsClasses =
            if let schema = request.schema {
                if case .classes = schema.target { true } else { false }
            } else {
                table.types[target] == .categories
            }
        return learnsClasses
            ? TestSplit.membership(
                labels: table.labels(of: target), testFraction: request.testFraction, seed: request.seed)
            : TestSplit.membership(count: table.count, testFraction: request.testFraction, seed: request.seed)
    }

    /// Notes on columns whose type is ambiguous.
    private static func doubts(_ table: TableColumns, _ target: Int, _ schema: TableSchema) -> [String] {
        let inputs = Set(schema.columns.map(\.name))
        var lines = table.columns.filter { inputs.contains($0.name) }.compactMap(\.doubt)
        if lines.count > 10 {
            lines = Array(lines.prefix(10)) + ["\(lines.count - 10) more columns may not be of categories"]
        }
        let column = table.columns[target]
        if case .number = schema.target, column.mode == .coded {
            let entries = column.dictionary.entries
            let values = entries.compactMap { entry in if case .number(let value) = entry.kind { value } else { nil } }
            if entries.count <= 10, table.count > 4 * entries.count, values.allSatisfy({ $0 == $0.rounded() }) {
                let shown = values.sorted().map { "\(Int(exactly: $0).map(String.init) ?? "\($0)")" }
                lines.append(
                    "the target \([column.name].listedNames) has only the values \(shown.joined(separator: ", ")): csv.task=classification learns classes instead of a number"
                )
            }
        }
        return lines
    }
}

extension TableEncoder.Counts {
    /// The counts in words.
    func lines(_ schema: TableSchema, blankLines: Int) -> [String] {
        var lines: [String] = []
        func list(_ counts: [String: Int]) -> String {
            let names = schema.columns.map(\.name).filter { counts[$0] != nil }
            return names.listed(longest: 80) { "\(counts[$0] ?? 0) in \([$0].listedNames)" }
        }
        if !missing.isEmpty { lines.append("missing values: \(list(missing))") }
        if !unknown.isEmpty { lines.append("categories that were not learned: \(list(unknown))") }
        if unknownClasses > 0 {
            lines.append(
                "\(unknownClasses) \(unknownClasses == 1 ? "row" : "rows") of classes that were not learned: counted as wrong"
            )
        }
        if weightless > 0 {
            lines.append("\(weightless) \(weightless == 1 ? "row" : "rows") of weight 0 not trained on")
        }
        if blankLines > 0 { lines.append("\(blankLines) blank \(blankLines == 1 ? "line" : "lines") skipped") }
        return lines
    }
}
