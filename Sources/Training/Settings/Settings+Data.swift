extension Settings {
    /// Where the samples come from.
    public struct DataSource: Sendable, Equatable {
        /// File or directory of the data; absent where the recipe makes its own.
        public var path: String?
        /// File of the test data; absent where they are a part of `path`.
        public var testPath: String?
        /// Part of `path` that is for testing.
        public var testFraction = 0.1
    }

    /// How a table of comma-separated values is read.
    public struct Table: Sendable, Equatable {
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

        /// The sign before the fraction of a number.
        public enum Decimal: String, Sendable, CaseIterable { case point, comma }

        /// The sign between groups of three digits.
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
        /// The column of the rows' weights; all count alike when absent.
        public var weight: String?
        /// What columns are, instead of what they look like.
        public var types: [ColumnType] = []
        /// What stands between the fields of a row.
        public var separator = Separator.comma
        /// Whether the first row names the columns.
        public var header = Header.automatic
        /// The sign before the fraction of a number.
        public var decimal = Decimal.point
        /// The sign between groups of three digits.
        public var thousands = Thousands.none
        /// Texts that stand for a missing value, besides the usual ones.
        public var missing: [String] = []
        /// Whether the usual texts stand for a missing value.
        public var usualMissing = true
    }

    /// How texts become tokens.
    public struct Text: Sendable, Equatable {
        /// What texts are cut into.
        public enum Tokens: String, Sendable, CaseIterable { case characters, words }

        /// What texts are cut into.
        public var tokens = Tokens.characters
        /// The most tokens that are told apart.
        public var vocabulary = 20_000
    }

    /// How translations are learned and searched for.
    public struct Translation: Sendable, Equatable {
        /// Part of each target's probability that is spread over all tokens.
        public var labelSmoothing = 0.0
        /// Hypotheses that the search keeps.
        public var beam = 4
        /// Exponent of the length penalty.
        public var lengthPenalty = 0.6
    }
}
