import Datasets
import Training
import Messages

/// The lines about texts in the header: what was cut, skipped, merged or unknown, with numbers.
enum TextNotes {
    /// What became of some texts on their way to the model; nothing where all went there whole.
    /// - Parameters:
    ///   - what: the texts, such as `training texts`.
    ///   - isVocabularyGiven: whether the vocabulary is that of other texts.
    static func prepared(_ counts: TextCounts, _ what: String, context: Int, isVocabularyGiven: Bool) -> String? {
        var parts: [String] = []
        if counts.cut > 0 {
            parts.append(
                "\(count(counts.cut)) of \(count(counts.texts)) cut at model.context \(context), the longest has \(count(counts.longest)) tokens"
            )
        }
        if counts.empty > 0 { parts.append("\(count(counts.empty)) without a token, read as one unknown token") }
        if counts.unknown > 0 {
            parts.append(
                "\(count(counts.unknown)) of \(count(counts.tokens)) tokens unknown (\(share(counts.unknown, counts.tokens)))"
                    + (isVocabularyGiven ? "" : ": more than text.vocabulary"))
        }
        return parts.isEmpty ? nil : "\(what): " + parts.joined(separator: "; ")
    }

    /// What was left out when a file or a folder was read; nothing where all was read.
    static func reading(_ counts: ReadingCounts, _ path: String) -> String? {
        var parts: [String] = []
        if counts.blankLines > 0 { parts.append("\(Readable.count(counts.blankLines, of: "blank line")) skipped") }
        if counts.furtherColumns > 0 {
            parts.append("\(Readable.count(counts.furtherColumns, of: "further column")) of each line not used")
        }
        if counts.respelled > 0 {
            parts.append(
                "\(Readable.count(counts.respelled, of: "label")) with accents in another form, taken as equal")
        }
        if counts.skipped > 0 {
            let names = counts.skippedNames.listedNames + (counts.skipped > counts.skippedNames.count ? ", …" : "")
            parts.append("\(Readable.count(counts.skipped, of: "file")) or folders skipped: \(names)")
        }
        return parts.isEmpty ? nil : "\(path): " + parts.joined(separator: "; ")
    }

    /// What is notable about some classes.
    /// - Parameters:
    ///   - training: the training samples of each class, and of none.
    ///   - test: the test samples of each class, and of none.
    static func classes(_ names: [String], training: [Int], test: [Int]) -> [String] {
        var notes: [String] = []
        let (total, largest) = (training.reduce(0, +), training.dropLast().max() ?? 0)
        if total > 0, 5 * largest > 4 * total, let index = training.firstIndex(of: largest) {
            notes.append(
                "unbalanced classes: \([names[index]].listedNames) is \(share(largest, total)) of the training texts; compare the accuracy with that"
            )
        }
        let similar = Dictionary(grouping: names) { name in
            name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }.values.filter { $0.count > 1 }.map { $0.sorted().joined(separator: " = ") }.sorted()
        if !similar.isEmpty { notes.append("labels that differ only in case or blanks: \(similar.listedNames)") }
        if let unknown = training.last, unknown > 0 {
            notes.append("\(Readable.count(unknown, of: "training text")) of a class that the model does not know")
        }
        if let unknown = test.last, unknown > 0 {
            notes.append(
                "\(Readable.count(unknown, of: "test text")) of a class that no training text has: counted as wrong, without a loss"
            )
        }
        return notes
    }

    /// What is notable about texts that were predicted for; nothing where all were seen whole.
    static func predicted(_ counts: TextCounts, context: Int) -> String? {
        prepared(counts, "lines read", context: context, isVocabularyGiven: true)
    }

    private static func count(_ value: Int) -> String { Readable.count(value) }
    private static func share(_ part: Int, _ whole: Int) -> String {
        Readable.percent(Double(part) / Double(max(1, whole)), decimals: 1)
    }
}
