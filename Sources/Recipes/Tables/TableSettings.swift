import Datasets
public import Settings

/// How a table of comma-separated values is read.
public struct TableSettings: SettingsGroup {
    /// What is learned.
    public enum Task: String, Sendable, CaseIterable { case automatic, regression, classification }

    /// What stands between the fields of a row.
    public enum Separator: String, Sendable, CaseIterable { case comma, semicolon, tab, bar }

    /// Whether the first row names the columns.
    public enum Header: String, Sendable, CaseIterable {
        case automatic
        case yes = "true"
        case no = "false"
    }

    /// The decimal separator.
    public enum Decimal: String, Sendable, CaseIterable { case point, comma }

    /// The thousands separator.
    public enum Thousands: String, Sendable, CaseIterable { case none, point, comma, space, apostrophe }

    /// What a column is.
    public struct ColumnType: Sendable, Equatable {
        /// The column's name.
        public var column: String
        /// One of `names`.
        public var type: String

        /// That `column` is of `type`.
        public init(column: String, type: String) { (self.column, self.type) = (column, type) }

        /// What a column may be.
        public static let names = ["number", "category", "date", "date_dmy", "date_mdy", "ignore"]
    }

    /// The column that is predicted; the last when absent.
    public var target: String?
    /// What is learned.
    public var task = Task.automatic
    /// Columns that are not used.
    public var ignore: [String] = []
    /// The column of the sample weights; all count alike when absent.
    public var weight: String?
    /// What columns are, instead of what they look like.
    public var types: [ColumnType] = []
    /// What stands between the fields of a row.
    public var separator = Separator.comma
    /// Whether the first row names the columns.
    public var header = Header.automatic
    /// The decimal separator.
    public var decimal = Decimal.point
    /// The thousands separator.
    public var thousands = Thousands.none
    /// Texts that stand for a missing value, besides the usual ones.
    public var missing: [String] = []
    /// Whether the usual texts stand for a missing value.
    public var usualMissing = true

    public init() {}

    public static let prefix = "csv"
    public static let title = "csv: tables of comma-separated values"
    public static let keys: [Setting<Self>] = [
        Setting(
            "target", \.target, .columnName,
            "column that is predicted; none = the last; a name in quotes is taken as it is"),
        Setting(
            "task", \.task, .choice,
            "what is learned; automatic: regression where the target is numbers, else classification"),
        Setting(
            "ignore", \.ignore, .csvList,
            "columns that are not used, separated by commas; names with commas or blanks around them in double quotes"),
        Setting(
            "weight", \.weight, .columnName,
            "column of the sample weights, by which loss and metrics are multiplied; no input"),
        Setting(
            "types", \.types, .columnTypes,
            "column types, such as zip=category, year=number: number, category, date, date_dmy, date_mdy or ignore"),
        Setting("separator", \.separator, .choice, "separator between the fields of a row"),
        Setting(
            "header", \.header, .choice,
            "whether the first row names the columns (false: column1, column2, ...); automatic: it does, and is refused where "
                + "it looks like data"),
        Setting("decimal", \.decimal, .choice, "decimal separator of numbers"),
        Setting("thousands", \.thousands, .choice, "thousands separator of numbers"),
        Setting(
            "missing", \.missing, .csvList,
            "texts that stand for a missing value besides the usual ones (NA, N/A, NaN, null, None, ?, nothing, ...)"),
        Setting(
            "usual_missing", \.usualMissing, .flag,
            "whether the usual texts stand for a missing value; in double quotes they are texts"),
    ]

    /// The format, for the reader of the table.
    var format: TableFormat {
        var format = TableFormat()
        format.header =
            switch header {
            case .automatic: nil
            case .yes: true
            case .no: false
            }
        format.separator =
            switch separator {
            case .comma: UInt8(ascii: ",")
            case .semicolon: UInt8(ascii: ";")
            case .tab: UInt8(ascii: "\t")
            case .bar: UInt8(ascii: "|")
            }
        format.decimal = decimal == .comma ? UInt8(ascii: ",") : UInt8(ascii: ".")
        format.thousands =
            switch thousands {
            case .none: nil
            case .point: UInt8(ascii: ".")
            case .comma: UInt8(ascii: ",")
            case .space: UInt8(ascii: " ")
            case .apostrophe: UInt8(ascii: "'")
            }
        (format.missing, format.usesUsualMissing, format.ignored) = (missing, usualMissing, Set(ignore))
        for type in types { format.types[type.column] = ColumnRequest(rawValue: type.type) ?? .automatic }
        return format
    }
}

extension Settings {
    /// How a table of comma-separated values is read.
    public var csv: TableSettings {
        get { self[TableSettings.self] }
        set { self[TableSettings.self] = newValue }
    }
}
