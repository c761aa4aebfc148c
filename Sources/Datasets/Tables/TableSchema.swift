/// How the columns of a table become the inputs and the target of a model, as the rows that are trained on have it.
public struct TableSchema: Codable, Sendable, Equatable {
    /// A column that is an input.
    public struct Column: Codable, Sendable, Equatable {
        /// Its name in the header row.
        public let name: String
        /// How its fields become numbers.
        public let kind: Kind
    }

    /// How the fields of a column become numbers.
    public enum Kind: Codable, Sendable, Equatable {
        /// (x - mean) / deviation, and 0 where it is missing; with `marksMissing` a second number, 1 there and 0 elsewhere.
        case numbers(mean: Double, deviation: Double, marksMissing: Bool)
        /// A number for each category, 1 at the field's and 0 at the others; all 0 for an unknown one and where it is missing.
        case categories([String])

        /// How many numbers a field becomes.
        public var width: Int {
            switch self {
            case .numbers(_, _, let marksMissing): marksMissing ? 2 : 1
            case .categories(let names): names.count
            }
        }
    }

    /// What is predicted.
    public enum Target: Codable, Sendable, Equatable {
        /// A number, learned as (y - mean) / deviation.
        case number(mean: Double, deviation: Double)
        /// One of some classes.
        case classes([String])
    }

    /// The inputs in order.
    public let columns: [Column]
    /// The name of the column that is predicted.
    public let targetName: String
    /// What is predicted.
    public let target: Target

    /// How many numbers a row becomes.
    public var width: Int { columns.reduce(0) { $0 + $1.kind.width } }

    /// The most categories that a column may have.
    public static let mostCategories = 1000

    /// Whether a field holds no value: it is empty, or says so.
    public static func isMissing(_ field: String) -> Bool {
        ["", "NA", "N/A", "NaN", "nan", "null", "?"].contains(field)
    }

    /// The finite number that a field is.
    static func number(_ field: String) -> Double? { Double(field).flatMap { $0.isFinite ? $0 : nil } }
}

extension TableSchema {
    /// What is learned of the target.
    public enum Task: Sendable {
        /// A number where all targets are numbers, else a class.
        case automatic
        /// A number, or one of some classes.
        case regression, classification
    }

    /// The schema that `rows` (those to train on) of `file` amount to; columns in `ignored` are left out.
    ///
    /// Means and deviations are sums in Float64 over the values that are there; deviations are those of the population.
    public init(
        of rows: [CSVFile.Row], in file: CSVFile, target name: String, task: Task, ignored: Set<String> = []
    ) throws(DatasetError) {
        let place = try file.column(named: name, for: "the target")
        targetName = name
        target = try Self.target(rows, file, place, task)
        var columns: [Column] = []
        for (place, column) in file.header.enumerated() where column != name && !ignored.contains(column) {
            columns.append(Column(name: column, kind: try Self.kind(rows, file, place)))
        }
        self.columns = columns
        guard width > 0 else {
            throw .unusable(path: file.path, found: "no column to predict \(name) from", expected: "at least one")
        }
    }

    private static func target(_ rows: [CSVFile.Row], _ file: CSVFile, _ place: Int, _ task: Task) throws(DatasetError)
        -> Target
    {
        for row in rows where isMissing(row.fields[place]) { throw noTarget(row, file, file.header[place]) }
        let other = rows.first { number($0.fields[place]) == nil }
        switch (task, other) {
        case (.regression, let row?):
            throw .unusable(
                path: "\(file.path) line \(row.line)",
                found: "\"\(row.fields[place])\" as the target \(file.header[place])",
                expected: "a number (csv.task is regression)")
        case (.classification, _), (.automatic, _?):
            let names = Set(rows.map { $0.fields[place] }).sorted()
            guard (2...mostCategories).contains(names.count) else {
                throw .unusable(
                    path: file.path, found: "\(names.count) different values of the target \(file.header[place])",
                    expected: "2 to \(mostCategories) classes")
            }
            return .classes(names)
        case (_, nil):
            let (mean, deviation) = moments(rows.compactMap { number($0.fields[place]) })
            return .number(mean: mean, deviation: deviation)
        }
    }

    static func noTarget(_ row: CSVFile.Row, _ file: CSVFile, _ name: String) -> DatasetError {
        .unusable(
            path: "\(file.path) line \(row.line)", found: "no value of the target \(name)", expected: "one in each row")
    }

    private static func kind(_ rows: [CSVFile.Row], _ file: CSVFile, _ place: Int) throws(DatasetError) -> Kind {
        let present = rows.filter { !isMissing($0.fields[place]) }
        guard let word = present.first(where: { number($0.fields[place]) == nil }), !present.isEmpty else {
            guard !present.isEmpty else { return .categories([]) }
            let (mean, deviation) = moments(present.compactMap { number($0.fields[place]) })
            return .numbers(mean: mean, deviation: deviation, marksMissing: present.count < rows.count)
        }
        let names = Set(present.map { $0.fields[place] }).sorted()
        guard names.count <= mostCategories else {
            throw .unusable(
                path: file.path,
                found:
                    "\(names.count) different texts in the column \(file.header[place]), the first that is no number in line \(word.line)",
                expected: "at most \(mostCategories), or numbers only; leave the column out (csv.ignore)")
        }
        return .categories(names)
    }

    /// Mean and deviation; a deviation of 1 where all values are equal.
    private static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (mean, variance > 0 ? variance.squareRoot() : 1)
    }
}

extension TableSchema {
    /// The inputs of the rows of `file`, one row of `width` numbers after the other. *Local.*
    ///
    /// Throws when a column is missing, or a field is a text where numbers were learned.
    public func inputs(of rows: [CSVFile.Row], in file: CSVFile) throws(DatasetError) -> [Float] {
        var inputs: [Float] = []
        inputs.reserveCapacity(rows.count * width)
        var places: [Int] = []
        for column in columns { places.append(try file.column(named: column.name, for: "an input of the model")) }
        let categories: [[String: Int]] = columns.map { column in
            guard case .categories(let names) = column.kind else { return [:] }
            return Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
        }
        for row in rows {
            for (number, column) in columns.enumerated() {
                let field = row.fields[places[number]]
                let isMissing = Self.isMissing(field)
                switch column.kind {
                case .numbers(let mean, let deviation, let marksMissing):
                    guard let value = isMissing ? mean : Self.number(field) else {
                        throw .unusable(
                            path: "\(file.path) line \(row.line)", found: "\"\(field)\" in the column \(column.name)",
                            expected: "a number, as in the rows that the model has learned from")
                    }
                    inputs.append(Float((value - mean) / deviation))
                    if marksMissing { inputs.append(isMissing ? 1 : 0) }
                case .categories(let names):
                    let category = isMissing ? nil : categories[number][field]
                    for place in names.indices { inputs.append(place == category ? 1 : 0) }
                }
            }
        }
        return inputs
    }

    /// The targets of the rows of `file`: standardised numbers, or the numbers of the classes.
    ///
    /// Throws when one is missing, no number, or none of the classes.
    public func targets(of rows: [CSVFile.Row], in file: CSVFile) throws(DatasetError) -> [Float] {
        let place = try file.column(named: targetName, for: "the target")
        var targets: [Float] = []
        targets.reserveCapacity(rows.count)
        for row in rows {
            let field = row.fields[place]
            if Self.isMissing(field) { throw Self.noTarget(row, file, targetName) }
            func refusal(_ expected: String) -> DatasetError {
                .unusable(
                    path: "\(file.path) line \(row.line)", found: "\"\(field)\" as the target \(targetName)",
                    expected: expected)
            }
            switch target {
            case .number(let mean, let deviation):
                guard let value = Self.number(field) else { throw refusal("a number") }
                targets.append(Float((value - mean) / deviation))
            case .classes(let names):
                guard let label = names.firstIndex(of: field) else {
                    throw refusal("one of the \(names.count) classes that were learned")
                }
                targets.append(Float(label))
            }
        }
        return targets
    }
}
