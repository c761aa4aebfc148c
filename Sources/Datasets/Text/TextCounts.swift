/// Counts of how texts were changed for a model.
package struct TextCounts: Codable, Sendable, Equatable {
    /// The texts.
    package var texts = 0
    /// Those of more tokens than a model sees at once, and the tokens of the longest.
    package var cut = 0, longest = 0
    /// Those without a token, which became one unknown token.
    package var empty = 0
    /// The tokens of all, before any was cut, and how many of them the vocabulary has not.
    package var tokens = 0, unknown = 0

    package init() {}

    /// The sequence of a text whose pieces have these numbers: each by `table`, at most `context`, at least one token.
    mutating func prepare(_ numbers: [Int32], _ table: [Int32], context: Int, isSource: Bool = true) -> [Int32] {
        texts += 1
        longest = max(longest, numbers.count)
        tokens += numbers.count
        guard !numbers.isEmpty else {
            empty += 1
            return isSource ? [TokenVocabulary.unknown] : []
        }
        unknown += numbers.count { table[Int($0)] == TokenVocabulary.unknown }
        if numbers.count > context { cut += 1 }
        return numbers.prefix(context).map { table[Int($0)] }
    }

    /// Counts a text to predict for, and returns its tokens: at most `context`, at least one.
    package mutating func prepare(_ text: String, _ vocabulary: TokenVocabulary, context: Int) -> [Int32] {
        let found = vocabulary.encode(text.withoutOuterWhiteSpace)
        texts += 1
        longest = max(longest, found.count)
        tokens += found.count
        unknown += found.count { $0 == TokenVocabulary.unknown }
        if found.count > context { cut += 1 }
        guard !found.isEmpty else {
            empty += 1
            return [TokenVocabulary.unknown]
        }
        return Array(found.prefix(context))
    }
}

/// Counts of what was skipped when a file or a folder was read.
package struct ReadingCounts: Codable, Sendable, Equatable {
    /// Lines with nothing but white space.
    package var blankLines = 0
    /// Columns behind the second of each line.
    package var furtherColumns = 0
    /// Labels that are another's but for the form of their accents, and were taken for it.
    package var respelled = 0
    /// Files and folders that were not read, and the names of the first.
    package var skipped = 0
    package var skippedNames: [String] = []

    package init() {}

    mutating func skip(_ name: String) {
        skipped += 1
        if skippedNames.count < 5 { skippedNames.append(name) }
    }
}
