import Messages

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
        /// (x - mean) / deviation, and 0 if it is missing; with `marksMissing` a second number, 1 there and 0
        /// elsewhere.
        case numbers(mean: Double, deviation: Double, marksMissing: Bool)
        /// The same of seconds, and calendar parts.
        case dates(mean: Double, deviation: Double, marksMissing: Bool, calendar: Calendar)
        /// A number for each category, 1 at the field's and 0 at the others; all 0 for an unknown one and where it is
        /// missing.
        case categories([String])
        /// 1 where it is missing and 0 elsewhere: all values are equal.
        case presence

        /// How many numbers a field becomes.
        public var width: Int {
            if case .categories(let names) = self { names.count } else { denseWidth }
        }

        /// How many numbers are kept of a field; categories are kept as one code.
        var denseWidth: Int {
            switch self {
            case .numbers(_, _, let marksMissing): marksMissing ? 2 : 1
            case .dates(_, _, let marksMissing, let calendar): (marksMissing ? 2 : 1) + 2 * calendar.periods.count
            case .categories: 0
            case .presence: 1
            }
        }
    }

    /// Which calendar parts of a date are inputs: each as sine and cosine of the part of its period that has passed.
    public struct Calendar: Codable, Sendable, Equatable {
        /// Whether it is a time of day alone, and whether there is any time of day.
        public let isTime, hasTime: Bool
        /// Whether of a date such as 3/4/2026 the first number may be the day, and the second.
        public let dayFirst, monthFirst: Bool

        /// Year and week of dates; day where there is a time.
        var periods: [Period] { (isTime ? [] : [.year, .week]) + (hasTime ? [.day] : []) }

        /// A period of the calendar.
        enum Period { case year, week, day }
    }

    /// The target.
    public enum Target: Codable, Sendable, Equatable {
        /// A number, learned as (y - mean) / deviation.
        case number(mean: Double, deviation: Double)
        /// One of some classes.
        case classes([String])
    }

    /// A column that is no input.
    public struct LeftOut: Codable, Sendable, Equatable {
        /// Its name in the header row.
        public let name: String
        /// Why: `constant`, `empty`, `ignored` or `an index`.
        public let reason: String
    }

    /// The inputs in order.
    public let columns: [Column]
    /// The name of the column that is predicted.
    public let targetName: String
    /// The target.
    public let target: Target
    /// The columns that are no inputs.
    public let leftOut: [LeftOut]

    enum CodingKeys: CodingKey { case columns, targetName, target, leftOut }

    /// How many numbers a row becomes.
    public var width: Int { columns.reduce(0) { $0 + $1.kind.width } }

    /// How many numbers are kept of a row, and how many codes of categories.
    var denseWidth: Int { columns.reduce(0) { $0 + $1.kind.denseWidth } }
    var codeCount: Int { columns.count { if case .categories = $0.kind { true } else { false } } }

    /// The most categories that a column may have.
    public static let mostCategories = 1000

    /// The inferred types of the columns, such as `12 numbers, 3 categories, 1 date, 1 left out: constant (dose)`.
    public var summary: String {
        var counts = [0, 0, 0, 0]
        for column in columns {
            switch column.kind {
            case .numbers: counts[0] += 1
            case .categories: counts[1] += 1
            case .dates: counts[2] += 1
            case .presence: counts[3] += 1
            }
        }
        let words = [
            ("number", "numbers"), ("category", "categories"), ("date", "dates"),
            ("constant with gaps", "constants with gaps"),
        ]
        var parts = zip(counts, words).compactMap { $0 > 0 ? "\($0) \($0 == 1 ? $1.0 : $1.1)" : nil }
        if !leftOut.isEmpty {
            let reasons = leftOut.reduce(into: [String]()) { if !$0.contains($1.reason) { $0.append($1.reason) } }
            let lists = reasons.map { reason in
                let names = leftOut.filter { $0.reason == reason && !$0.name.isEmpty }.map(\.name)
                return names.isEmpty ? reason : "\(reason) (\(names.listedNames))"
            }
            parts.append("\(leftOut.count) left out: \(lists.joined(separator: ", "))")
        }
        return parts.joined(separator: ", ")
    }
}
