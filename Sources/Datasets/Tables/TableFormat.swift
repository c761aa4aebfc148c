/// How a table is written: what separates its fields, and what they mean.
package struct TableFormat: Sendable, Equatable {
    /// Whether the first row names the columns; nil: it does, and is refused where it looks like a row of data.
    package var header: Bool?
    /// The byte between two fields.
    package var separator = UInt8(ascii: ",")
    /// The sign before the fraction of a number.
    package var decimal = UInt8(ascii: ".")
    /// The sign between groups of three digits; nil if there is none.
    package var thousands: UInt8?
    /// Texts that represent a missing value, besides the usual ones.
    package var missing: [String] = []
    /// Whether the usual texts represent a missing value.
    package var usesUsualMissing = true
    /// Types of columns by their names, instead of the inferred ones.
    package var types: [String: ColumnRequest] = [:]
    /// The names of columns that are not used.
    package var ignored: Set<String> = []

    /// The defaults.
    package init() {}

    /// The separators that are known, with the words for them.
    package static let separators: [(byte: UInt8, name: String)] = [
        (UInt8(ascii: ","), "comma"), (UInt8(ascii: ";"), "semicolon"), (UInt8(ascii: "\t"), "tab"),
        (UInt8(ascii: "|"), "bar"),
    ]

    /// What represents a missing value in every column: the defaults of `pandas.read_csv`, and `?`.
    static let usualMissing = [
        "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
        "NULL", "NaN", "None", "n/a", "nan", "null", "NAN", "Null", "Nan", "na", "?",
    ]

    /// What represents a missing value in a column of numbers or dates, and is a text like others elsewhere.
    static let usualMissingNumbers = ["-", "--", "---", ".", "none", "–", "—"]
}

/// The type of a column, as requested.
package enum ColumnRequest: String, Sendable, Equatable, CaseIterable {
    /// Inferred from its fields.
    case automatic
    case number, category, date
    /// Dates whose first or second number is the day.
    case dayFirst = "date_dmy"
    case monthFirst = "date_mdy"
    /// Nothing: it is skipped.
    case ignore
}
