import Messages

extension TableSchema {
    /// The most columns, the longest name and the most inputs of a schema that is read.
    static let mostColumns = 1 << 20
    static let longestName = 1 << 16
    static let mostInputs = 1 << 26

    /// Decodes a schema.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        columns = try container.decode([Column].self, forKey: .columns)
        targetName = try container.decode(String.self, forKey: .targetName)
        target = try container.decode(Target.self, forKey: .target)
        leftOut = try container.decodeIfPresent([LeftOut].self, forKey: .leftOut) ?? []
    }

    /// Throws if the schema can't be one that was learned: its checkpoint was edited.
    package func validate() throws(InvalidSchema) { if let fault { throw InvalidSchema(fault: fault) } }

    /// What is wrong with the schema; nil if it is one that can have been learned.
    private var fault: String? {
        if columns.isEmpty { return "no columns" }
        if columns.count > Self.mostColumns { return "\(columns.count) columns" }
        var names: Set<String> = [targetName]
        var width = 0
        for column in columns {
            let shown = column.name.excerpt
            if column.name.utf8.count > Self.longestName {
                return "a column with a name of \(column.name.utf8.count) bytes"
            }
            if !names.insert(column.name).inserted { return "two columns named \(shown)" }
            switch column.kind {
            case .numbers(let mean, let deviation, _), .dates(let mean, let deviation, _, _):
                if let fault = Self.fault(mean, deviation) { return "\(fault) of the column \(shown)" }
            case .categories(let categories):
                if let fault = Self.fault(categories) { return "\(fault) in the column \(shown)" }
            case .presence: break
            }
            if case .dates(_, _, _, let calendar) = column.kind, !(calendar.dayFirst || calendar.monthFirst) {
                return "dates without an order in the column \(shown)"
            }
            width += column.kind.width
        }
        if width > Self.mostInputs || width < 1 { return "\(width) inputs" }
        switch target {
        case .number(let mean, let deviation): return Self.fault(mean, deviation).map { "\($0) of the target" }
        case .classes(let classes):
            return classes.count < 2
                ? "\(classes.count) classes of the target" : Self.fault(classes).map { "\($0) in the target" }
        }
    }

    private static func fault(_ mean: Double, _ deviation: Double) -> String? {
        if !mean.isFinite || abs(mean) > FieldReader.largest { return "the mean \(mean)" }
        return deviation.isFinite && deviation > 0 && deviation <= 2 * FieldReader.largest
            ? nil : "the deviation \(deviation)"
    }

    private static func fault(_ categories: [String]) -> String? {
        if categories.isEmpty || categories.count > mostCategories { return "\(categories.count) categories" }
        if Set(categories).count != categories.count { return "a category that occurs twice" }
        return categories.contains { $0.utf8.count > CSVReader.longestRow } ? "a category that is too long" : nil
    }
}

/// The columns and statistics that a checkpoint holds can't have been learned.
package struct InvalidSchema: Error, CustomStringConvertible {
    let fault: String
    package var description: String {
        "cannot use the checkpoint's columns and statistics of the table: found \(fault), which no training has written; was state.json edited?"
    }
}
