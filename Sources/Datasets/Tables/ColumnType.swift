import Messages

/// The type of a column, as inferred.
enum ColumnType: Equatable, Sendable {
    /// No field has a value.
    case empty
    case numbers, dates, categories
}

extension ColumnBuilder {
    /// The share of numbers or dates from which a column is not believed to be one of categories.
    static let suspicious = 0.9

    /// What the column is, once all rows have been read. Throws if the guess would be weak.
    mutating func type(_ path: String, _ fields: FieldReader) throws(DatasetError) -> ColumnType {
        switch mode {
        case .skipped: return .empty
        case .known: return .categories
        case .numbers: return .numbers
        case .dates:
            try checkOrder(path)
            return .dates
        case .coded: break
        }
        if request == .category { return dictionary.entries.allSatisfy { $0.kind == .missing } ? .empty : .categories }
        let counts = counts
        if counts.texts == 0 {
            if counts.numbers == 0, counts.dates == 0 {
                return counts.weak > 0 && dictionary.entries.contains { $0.isQuoted && $0.kind == .missingNumber }
                    ? .categories : .empty
            }
            if counts.dates == 0 { return .numbers }
            if counts.numbers == 0, takeDates() {
                try checkOrder(path)
                return .dates
            }
        }
        try checkGuess(path, fields)
        return .categories
    }

    /// How many fields of each kind there are.
    var counts: (numbers: Int, dates: Int, texts: Int, weak: Int) {
        var counts = (numbers: 0, dates: 0, texts: 0, weak: 0)
        for entry in dictionary.entries {
            switch entry.kind {
            case .number: counts.numbers += entry.occurrences
            case .date: counts.dates += entry.occurrences
            case .hugeNumber, .text: counts.texts += entry.occurrences
            case .missingNumber: counts.weak += entry.occurrences
            case .missing: break
            }
        }
        return counts
    }

    /// Narrows down the order of day and month by the dictionary's dates; false if they contradict each other.
    private mutating func takeDates() -> Bool {
        var common = dates
        for entry in dictionary.entries { if case .date(let date) = entry.kind, !common.accepts(date) { return false } }
        dates = common
        return true
    }

    private func checkOrder(_ path: String) throws(DatasetError) {
        guard dates.isAmbiguous else { return }
        throw .unusable(
            path: path,
            found: "dates in the column \([name].listedNames) of which both numbers before the year may be the day",
            expected: "to be told which is: csv.types=\"\(name)=date_dmy\" or \"\(name)=date_mdy\"")
    }

    /// Throws if nearly all fields of a column of texts are numbers or dates, or would be by other signs.
    func checkGuess(_ path: String, _ fields: FieldReader) throws(DatasetError) {
        guard request == .automatic else { return }
        let counts = counts
        let present = Double(counts.numbers + counts.dates + counts.texts + counts.weak)
        let others = dictionary.entries.enumerated().filter { $0.element.kind == .text }
        let written = others.filter { fields.isOtherNumber(dictionary.text($0.offset)) }
        let writtenCount = written.reduce(0) { $0 + $1.element.occurrences }
        if let first = written.first, Double(counts.numbers + writtenCount) >= Self.suspicious * present {
            let text = dictionary.text(first.offset).excerpt
            throw .unusable(
                path: "\(path) line \(first.element.line)", found: "\(text) in the column \([name].listedNames)",
                expected:
                    "numbers as csv.decimal and csv.thousands say (now \(fields.signs)); set them, or csv.types=\"\(name)=category\""
            )
        }
        for (count, what) in [(counts.numbers, "number"), (counts.dates, "date")] {
            guard Double(count) >= Self.suspicious * present else { continue }
            let other = dictionary.entries.enumerated().first { _, entry in
                switch entry.kind {
                case .number: what != "number"
                case .date: what != "date"
                case .text, .hugeNumber: true
                case .missing, .missingNumber: false
                }
            }
            let text = other.map { dictionary.text($0.offset).excerpt } ?? "dates of different forms"
            throw .unusable(
                path: "\(path) line \(other?.element.line ?? 1)",
                found: "\(text) in the column \([name].listedNames)",
                expected:
                    "a \(what), as \(count) of its \(Int(present)) fields are; name missing values (csv.missing), or set csv.types=\"\(name)=category\""
            )
        }
    }

    /// A note on an ambiguous type; nil if it is not.
    var doubt: String? {
        guard mode == .coded, request == .automatic else { return nil }
        let (counts, texts) = (counts, dictionary.entries.filter { $0.kind != .missing })
        guard counts.texts > 0 else { return nil }
        let present = counts.numbers + counts.dates + counts.texts + counts.weak
        let shown = [name].listedNames
        if let word = texts.first(where: { $0.kind == .text }), 2 * counts.numbers >= present {
            return
                "\(shown): taken for categories, though \(counts.numbers) of its \(present) fields are numbers (line \(word.line) has none)"
        }
        if present >= 20, 2 * texts.count > present {
            return
                "\(shown): taken for categories, though \(texts.count) of its \(present) fields differ; is it a name or a number of its own kind? (csv.ignore)"
        }
        return nil
    }
}

extension FieldReader {
    /// The signs within numbers in words.
    var signs: String {
        let word = { (byte: UInt8) in byte == UInt8(ascii: ",") ? "comma" : byte == UInt8(ascii: ".") ? "point" : "none"
        }
        return "\(word(numbers.decimal)) and \(word(numbers.thousands))"
    }
}
