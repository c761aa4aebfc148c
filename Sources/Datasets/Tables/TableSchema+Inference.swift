import Messages

extension TableSchema {
    /// What is inferred about the target.
    package enum Task: Sendable {
        /// A number where all targets are numbers, else a class.
        case automatic
        /// A number, or one of some classes.
        case regression, classification
    }

    /// The columns with which a table is read to learn its schema. `left` says which are no inputs.
    package static func columns(
        toLearn reader: TableReader, target: String, weight: String?, task: Task
    ) throws(DatasetError) -> (columns: [ColumnBuilder], leftOut: [LeftOut]) {
        for name in reader.format.types.keys.sorted() { _ = try reader.column(named: name, for: "csv.types") }
        for name in reader.format.ignored.sorted() { _ = try reader.column(named: name, for: "csv.ignore") }
        _ = try reader.column(named: target, for: "the target")
        if let weight { _ = try reader.column(named: weight, for: "csv.weight") }
        var columns: [ColumnBuilder] = []
        var leftOut: [LeftOut] = []
        for (place, name) in reader.header.enumerated() {
            var request = reader.format.types[name] ?? .automatic
            if name == weight {
                request = .number
            } else if name == target {
                if task == .classification { request = .category }
            } else if request == .ignore || reader.format.ignored.contains(name) {
                request = .ignore
                leftOut.append(LeftOut(name: name, reason: "ignored"))
            } else if reader.isIndex(place), request == .automatic {
                request = .ignore
                leftOut.append(LeftOut(name: name, reason: "an index"))
            }
            columns.append(ColumnBuilder(name, request))
        }
        return (columns, leftOut)
    }

    /// The columns with which a table is read as this schema has them; others are skipped.
    package func columns(of reader: TableReader, withTarget: Bool, weight: String?) throws(DatasetError)
        -> [ColumnBuilder]
    {
        let places = Dictionary(uniqueKeysWithValues: reader.header.enumerated().map { ($0.element, $0.offset) })
        var builders = reader.header.map { ColumnBuilder($0, .ignore) }
        func place(_ name: String, _ purpose: String) throws(DatasetError) -> Int {
            if let place = places[name] { return place }
            return try reader.column(named: name, for: purpose)
        }
        for column in columns {
            let index = try place(column.name, "an input of the model")
            var builder =
                switch column.kind {
                case .categories(let names): ColumnBuilder(column.name, categories: names, reader.fields)
                case .numbers: ColumnBuilder(column.name, .number)
                case .presence: ColumnBuilder(column.name, .automatic)
                case .dates: ColumnBuilder(column.name, .date)
                }
            if case .dates(_, _, _, let calendar) = column.kind {
                builder.dates.orders = [
                    calendar.dayFirst ? .dayFirst : [], calendar.monthFirst ? .monthFirst : [],
                ]
                builder.dates.isTime = calendar.isTime
            }
            builder.isSaved = true
            builders[index] = builder
        }
        if withTarget {
            var builder =
                switch target {
                case .number: ColumnBuilder(targetName, .number)
                case .classes(let names): ColumnBuilder(targetName, categories: names, reader.fields)
                }
            builder.isSaved = true
            builders[try place(targetName, "the target")] = builder
            if let weight { builders[try place(weight, "csv.weight")] = ColumnBuilder(weight, .number) }
        }
        return builders
    }

    /// The schema that the rows of `table` amount to of which `isTest` is false.
    ///
    /// Means and deviations are sums in Float64 over the values that are there, in order of the rows; deviations are
    /// those of the population.
    init(
        of table: inout TableColumns, isTest: [Bool], target name: String, weight: String?, task: Task,
        leftOut: [LeftOut]
    ) throws(DatasetError) {
        var (columns, left) = ([Column](), leftOut)
        var target: Target?
        for place in table.columns.indices {
            let column = table.columns[place]
            if column.name == name {
                target = try Self.target(&table, place, isTest, task)
            } else if column.name != weight, column.request != .ignore, column.mode != .skipped {
                switch try Self.kind(&table, place, isTest) {
                case .success(let kind): columns.append(Column(name: column.name, kind: kind))
                case .failure(let reason): left.append(LeftOut(name: column.name, reason: reason.text))
                }
            }
        }
        guard let target, !columns.isEmpty else {
            let names = left.filter { $0.reason != "ignored" }.map { "\($0.name) is \($0.reason)" }
            throw .unusable(
                path: table.path,
                found: "no column to predict \([name].listedNames) from"
                    + (names.isEmpty ? "" : " (\(names.listedNames))"), expected: "at least one")
        }
        (self.columns, targetName, self.target, self.leftOut) = (columns, name, target, left)
    }

    private static func target(
        _ table: inout TableColumns, _ place: Int, _ isTest: [Bool], _ task: Task
    ) throws(DatasetError) -> Target {
        try table.checkTarget(place)
        let column = table.columns[place]
        switch (task, table.types[place]) {
        case (.regression, .numbers), (.automatic, .numbers):
            let statistics = table.statistics(of: place, isTest: isTest)
            return .number(mean: statistics.mean, deviation: statistics.isConstant ? 1 : statistics.deviation)
        case (.classification, _), (.automatic, .categories):
            let names = table.categories(of: place, isTest: isTest).map(\.name)
            guard (2...mostCategories).contains(names.count) else {
                throw .unusable(
                    path: table.path,
                    found:
                        "\(names.count) different \(names.count == 1 ? "value" : "values") of the target \([column.name].listedNames)",
                    expected:
                        "2 to \(mostCategories) classes; is it a number, or the wrong column? (csv.types, csv.target)")
            }
            return .classes(names)
        case (.regression, _):
            let word = column.dictionary.entries.first { entry in
                if case .number = entry.kind { false } else { true }
            }
            throw .unusable(
                path: "\(table.path) line \(word?.line ?? 1)",
                found:
                    "\(word.map { column.dictionary.text(of: $0).excerpt } ?? "a date") as the target \([column.name].listedNames)",
                expected: "a number (csv.task is regression)")
        default:
            throw .unusable(
                path: table.path, found: "dates as the target \([column.name].listedNames)",
                expected: "numbers or classes; csv.types=\"\(column.name)=category\" makes classes of them")
        }
    }

    /// Why a column is no input.
    private struct NoInput: Error { let text: String }

    private static func kind(
        _ table: inout TableColumns, _ place: Int, _ isTest: [Bool]
    ) throws(DatasetError) -> Result<Kind, NoInput> {
        let column = table.columns[place]
        switch table.types[place] {
        case .empty: return .failure(NoInput(text: "empty"))
        case .categories:
            var categories = table.categories(of: place, isTest: isTest)
            guard categories.count <= mostCategories || column.request == .category else {
                throw .unusable(
                    path: table.path,
                    found: "\(categories.count) different texts in the column \([column.name].listedNames)",
                    expected:
                        "at most \(mostCategories), or numbers only; leave the column out (csv.ignore), or keep the most frequent (csv.types=\"\(column.name)=category\")"
                )
            }
            if categories.count > mostCategories {
                categories.sort { ($1.count, $0.name) < ($0.count, $1.name) }
                table.kept.append((column.name, categories.count))
                categories = categories.prefix(mostCategories).sorted { $0.name < $1.name }
            }
            let names = categories.map(\.name)
            if names.isEmpty { return .failure(NoInput(text: "empty")) }
            let isConstant = names.count == 1 && table.trainingMissing(of: place, isTest: isTest) == 0
            return isConstant ? .failure(NoInput(text: "constant")) : .success(.categories(names))
        case .numbers, .dates:
            let statistics = table.statistics(of: place, isTest: isTest)
            if statistics.count == 0 { return .failure(NoInput(text: "empty")) }
            if statistics.isConstant {
                return statistics.missing > 0 ? .success(.presence) : .failure(NoInput(text: "constant"))
            }
            let (mean, deviation, marks) = (statistics.mean, statistics.deviation, statistics.missing > 0)
            guard table.types[place] == .dates else {
                return .success(.numbers(mean: mean, deviation: deviation, marksMissing: marks))
            }
            let dates = column.dates
            let calendar = Calendar(
                isTime: dates.isTime ?? false, hasTime: dates.hasTime, dayFirst: dates.orders.contains(.dayFirst),
                monthFirst: dates.orders.contains(.monthFirst))
            return .success(.dates(mean: mean, deviation: deviation, marksMissing: marks, calendar: calendar))
        }
    }
}
