/// Scores of translations against the texts of a file, which nothing has cut and where nothing is unknown.
public struct TranslationScore: Sendable {
    private let vocabulary: TokenVocabulary
    /// The sums of BLEU over words, as `TokenVocabulary.pieces(of:_:)` cuts them.
    public private(set) var bleu = BLEU()
    /// How many translations are their reference; of words, but for the white space between them.
    public private(set) var exact = 0

    /// No translation yet, of tokens of `vocabulary`.
    public init(vocabulary: TokenVocabulary) { self.vocabulary = vocabulary }

    /// Adds a translation.
    public mutating func add(_ translation: [Int32], reference: String) {
        // no text has a NUL: what is unknown equals nothing
        let text = vocabulary.decode(translation, unknown: "\0")
        let (found, wanted) = (TokenVocabulary.pieces(of: text, .words), TokenVocabulary.pieces(of: reference, .words))
        bleu.add(found, reference: wanted)
        switch vocabulary.unit {
        case .words: exact += found == wanted ? 1 : 0
        case .characters: exact += text == reference ? 1 : 0
        }
    }
}
