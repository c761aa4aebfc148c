import Messages

/// Gathers the fields of a column, and finds out what they are.
///
/// While there are few different texts, each field is the number of its text, and a text is looked at once. A column
/// of many different numbers, or dates, becomes one of numbers.
package struct ColumnBuilder: Sendable {
    /// How the fields are kept.
    package enum Mode: Sendable {
        /// Not at all.
        case skipped
        /// As numbers, dates as seconds; not a number where the value is missing.
        case numbers, dates
        /// As the numbers of their texts, or of categories that are known.
        case coded, known
    }

    /// The different texts with which a column of numbers or dates alone stops being coded, and the most that others
    /// may have; more where the settings say that they are categories.
    package static let fewTexts = 256
    package static let mostTexts = 4096
    package static let mostCategoryTexts = 10_000_000

    package let name: String
    package let request: ColumnRequest
    /// Whether a saved schema says what it is.
    package var isSaved = false
    private(set) var mode: Mode
    var values = NumberBlocks()
    private(set) var codes = CodeBlocks()
    private(set) var dictionary = TextDictionary()
    /// The fields without a value, where they are not coded.
    private(set) var missing = 0
    /// The line of the first of them.
    private(set) var firstMissing: Int?
    /// The fields that are none of the known categories, and the first of them.
    private(set) var unknown = 0
    private(set) var firstUnknown: (text: String, line: Int)?
    /// The form that the dates share.
    package var dates = DateColumn()
    /// How many texts of each kind the dictionary has.
    private var kinds = (numbers: 0, dates: 0, texts: 0)

    /// A column that is read as `request` says.
    package init(_ name: String, _ request: ColumnRequest) {
        (self.name, self.request) = (name, request)
        switch request {
        case .ignore: mode = .skipped
        case .number: mode = .numbers
        case .automatic, .category: mode = .coded
        case .date, .dayFirst, .monthFirst: mode = .dates
        }
        if request == .dayFirst { dates.orders = .dayFirst }
        if request == .monthFirst { dates.orders = .monthFirst }
    }

    /// A column of known categories.
    package init(_ name: String, categories: [String], _ fields: FieldReader) {
        self.init(name, .category)
        (mode, isSaved) = (.known, true)
        for category in categories {
            Array(category.utf8).withUnsafeBufferPointer { text in
                // one that is named like a missing value is known in quotes only
                let isMarker = fields.kind(text, isQuoted: false) == .missing
                _ = dictionary.add(text, isQuoted: isMarker, hash: TextDictionary.hash(text), kind: .text, line: 0)
            }
        }
    }

    /// Adds a field of the reader's current row.
    @inline(__always)
    package mutating func append(_ field: CSVReader.Field, _ reader: CSVReader, _ fields: FieldReader)
        throws(DatasetError)
    {
        if case .skipped = mode { return }
        // the way of nearly all fields of large tables
        if case .numbers = mode, !field.isEscaped, let value = fields.plainNumber(reader.raw(field)) {
            return values.append(value)
        }
        guard field.isEscaped else { return try append(reader.raw(field), field.isQuoted, reader, fields) }
        let bytes = reader.bytes(field)
        try bytes.withUnsafeBufferPointer { (text) throws(DatasetError) in try append(text, true, reader, fields) }
    }

    private mutating func append(
        _ text: UnsafeBufferPointer<UInt8>, _ isQuoted: Bool, _ reader: CSVReader, _ fields: FieldReader
    ) throws(DatasetError) {
        switch mode {
        case .skipped: break
        case .numbers:
            switch fields.kind(text, isQuoted: isQuoted) {
            case .number(let value): values.append(value)
            case .missing, .missingNumber: appendMissing(reader.line)
            case .hugeNumber: throw hugeNumber(text.excerpt, reader.path, line: reader.line)
            case .date, .text: throw misfit(text.excerpt, reader.path, line: reader.line, expected: "a number")
            }
        case .dates:
            switch fields.kind(text, isQuoted: isQuoted) {
            case .date(let date) where dates.accepts(date): values.append(date.seconds)
            case .missing, .missingNumber: appendMissing(reader.line)
            default:
                throw misfit(
                    text.excerpt, reader.path, line: reader.line,
                    expected: dates.isTime == true ? "a time" : "a date of the same form")
            }
        case .coded:
            let hash = TextDictionary.hash(text)
            if let number = dictionary.number(of: text, isQuoted: isQuoted, hash: hash) {
                dictionary.count(number)
                return codes.append(UInt32(number))
            }
            let kind = try kind(text, isQuoted, reader, fields)
            let number = dictionary.add(text, isQuoted: isQuoted, hash: hash, kind: kind, line: reader.line)
            dictionary.count(number)
            codes.append(UInt32(number))
            if dictionary.entries.count > Self.fewTexts { try settle(reader.path, fields) }
        case .known:
            let hash = TextDictionary.hash(text)
            if let number = dictionary.number(of: text, isQuoted: false, hash: hash)
                ?? (isQuoted ? dictionary.number(of: text, isQuoted: true, hash: hash) : nil)
            {
                codes.append(UInt32(number))
            } else if fields.kind(text, isQuoted: isQuoted) == .missing {
                missing += 1
                if firstMissing == nil { firstMissing = reader.line }
                codes.append(CodeBlocks.missing)
            } else {
                if firstUnknown == nil { firstUnknown = (text.excerpt, reader.line) }
                unknown += 1
                codes.append(CodeBlocks.unknown)
            }
        }
    }

    @inline(__always)
    private mutating func appendMissing(_ line: Int) {
        values.append(.nan)
        missing += 1
        if firstMissing == nil { firstMissing = line }
    }

    /// The kind of a new text; counts it.
    private mutating func kind(
        _ text: UnsafeBufferPointer<UInt8>, _ isQuoted: Bool, _ reader: CSVReader, _ fields: FieldReader
    ) throws(DatasetError) -> FieldKind {
        let kind = fields.kind(text, isQuoted: isQuoted)
        switch kind {
        case .missing, .missingNumber: break
        case .number: kinds.numbers += 1
        case .hugeNumber:
            guard request == .category else { throw hugeNumber(text.excerpt, reader.path, line: reader.line) }
            kinds.texts += 1
        case .date: kinds.dates += 1
        case .text:
            guard String(validating: text, as: UTF8.self) != nil else { throw reader.notUTF8() }
            kinds.texts += 1
        }
        return kind
    }

    /// Decides what a column of many different texts is.
    private mutating func settle(_ path: String, _ fields: FieldReader) throws(DatasetError) {
        if request == .automatic, kinds.texts == 0, kinds.numbers == 0 || kinds.dates == 0 {
            var common = DateColumn()
            let isDates = kinds.dates > 0
            if isDates {
                for entry in dictionary.entries {
                    if case .date(let date) = entry.kind, !common.accepts(date) {
                        throw misfit(
                            dictionary.text(of: entry).excerpt, path, line: entry.line,
                            expected: "a date of the same form as in the lines before")
                    }
                }
            }
            let (numbers, entries) = (dictionary.numbers, dictionary.entries)
            codes.forEach { code in
                let number = numbers[Int(code)]
                if number.isNaN { appendMissing(entries[Int(code)].line) } else { values.append(number) }
            }
            (codes, dictionary) = (CodeBlocks(), TextDictionary())
            (mode, dates) = (isDates ? .dates : .numbers, common)
        } else if dictionary.entries.count > (request == .category ? Self.mostCategoryTexts : Self.mostTexts) {
            try checkGuess(path, fields)
            let word = dictionary.entries.first { $0.kind == .text }
            throw .unusable(
                path: path,
                found: "more than \(dictionary.entries.count - 1) different texts in the column \([name].listedNames)"
                    + (word.map { ", the first that is no number in line \($0.line)" } ?? ""),
                expected:
                    "at most \(TableSchema.mostCategories), or numbers only; leave the column out (csv.ignore)")
        }
    }

    // MARK: Errors

    private func hugeNumber(_ text: String, _ path: String, line: Int) -> DatasetError {
        .unusable(
            path: "\(path) line \(line)", found: "\(text) in the column \([name].listedNames)",
            expected:
                "numbers from -1e150 to 1e150, whose squares have a sum; scale the column, or leave it out (csv.ignore)"
        )
    }

    /// A field of another kind than the column's others.
    private func misfit(_ text: String, _ path: String, line: Int, expected: String) -> DatasetError {
        let reason =
            if isSaved {
                "\(expected), as in the rows that the model has learned from"
            } else if request != .automatic {
                "\(expected) (csv.types), or a missing value (csv.missing)"
            } else {
                "\(expected), as in the lines before; csv.missing names texts for missing values, csv.types says that the column is of categories"
            }
        return .unusable(
            path: "\(path) line \(line)", found: "\(text) in the column \([name].listedNames)", expected: reason)
    }
}

extension TextDictionary {
    /// The number or the seconds of each text; not a number where there is neither.
    package var numbers: [Double] {
        entries.map { entry in
            switch entry.kind {
            case .number(let value): value
            case .date(let date): date.seconds
            default: .nan
            }
        }
    }
}
