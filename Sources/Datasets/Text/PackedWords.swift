/// A text as words in a packed file, and which words have a token.
struct PackedWords: HostLoadable {
    let text: WordText
    /// The most words that have a token, and the part of the text from which none were learned.
    let limit: Int
    let testFraction: Double

    struct Notes: Codable {
        let text: WordText.Notes
        let limit: Int
        let testFraction: Double
    }

    var notes: Notes { Notes(text: text.notes, limit: limit, testFraction: testFraction) }
    var arrays: [HostBytes] { text.arrays }

    init(text: WordText, limit: Int, testFraction: Double) {
        (self.text, self.limit, self.testFraction) = (text, limit, testFraction)
    }

    init(notes: Notes, arrays: [HostBytes]) throws {
        self.init(
            text: try WordText(notes: notes.text, arrays: arrays), limit: notes.limit, testFraction: notes.testFraction)
        let words = 0..<Int32(text.vocabulary.count)
        guard text.table.count == text.fingerprints.count, text.table.allSatisfy(words.contains),
            (0...text.pieces.count).contains(text.split)
        else { throw VocabularyFlaw(what: "tokens of words", expected: "those of the vocabulary") }
    }

    /// The packed words at `path`; nil if no packed file is there.
    static func read(_ path: String) throws(DatasetError) -> PackedWords? {
        try PackedContent.read(PackedWords.self, kind: PackedText.Kind.words.rawValue, at: path)
    }

    /// The text of the packed words at `path`; nil if no packed file is there.
    ///
    /// Throws if other words would have a token in the text itself: only numbers are in the file.
    static func read(
        _ path: String, _ choice: WordText.Choice, _ testFraction: Double
    ) throws(DatasetError) -> WordText? {
        guard let packed = try read(path) else { return nil }
        func check(_ key: String, _ found: some CustomStringConvertible, _ asked: some CustomStringConvertible)
            throws(DatasetError)
        {
            try PackedContent.check(key, packed: "\(found)", asked: "\(asked)", of: "words", at: path)
        }
        try check("data.test_fraction", packed.testFraction, testFraction)
        switch choice {
        case .given(let known):
            guard known == packed.text.vocabulary else {
                throw .unusable(
                    path: path, found: "words packed with another vocabulary",
                    expected: "that of the model; pack the text anew")
            }
        case .mostFrequent(let limit): try check("text.vocabulary", packed.limit, limit)
        }
        return packed.text
    }
}
