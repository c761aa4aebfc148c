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
        public enum Separator: String, Sendable, CaseIterable { case comma, semicolon, tab }

        /// The column that is predicted; the last when absent.
        public var target: String?
        /// What is learned.
        public var task = Task.automatic
        /// Columns that are not used, separated by commas.
        public var ignore: String?
        /// What stands between the fields of a row.
        public var separator = Separator.comma
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
