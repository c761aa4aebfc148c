import Datasets
import Testing

@Suite("Scores of translations")
struct TranslationScoreTests {
    private static let whole = "u v w x y z"

    /// Texts of a model, in which `<?>` stands for an unknown token, references, and from sacrebleu 2.6.0
    /// (reference_translation_scores.py) BLEU and how many texts are equal.
    static let cases: [(name: String, texts: [String], references: [String], bleu: Double, exact: Int)] = [
        ("whole", Array(repeating: whole, count: 4), Array(repeating: whole, count: 4), 100.00000000000004, 4),
        ("cut", Array(repeating: "u v w x", count: 4), Array(repeating: whole, count: 4), 60.653065971263366, 0),
        (
            "unknown", Array(repeating: "u v w x y <?>", count: 4), Array(repeating: whole, count: 4),
            75.98356856515926, 0
        ),
        ("empty", ["", whole], [whole, whole], 36.78794411714425, 1),
        ("all empty", [""], [whole], 0, 0),
        ("single words", ["u", "v"], ["u", "v"], 0, 2),
        ("of different lengths", ["u v w x y z z z z z", "u"], [whole, "u v w x"], 52.46341022861458, 0),
        ("repeated", ["u u u u u u u"], ["u v u w u"], 0, 0),
    ]

    @Test("are those of sacrebleu for what is cut, unknown, empty, short or unbalanced", arguments: cases.indices)
    func sacrebleu(number: Int) {
        let (name, texts, references, bleu, exact) = Self.cases[number]
        let vocabulary = TokenVocabulary(of: [Self.whole], unit: .words, limit: 100)
        var score = TranslationScore(vocabulary: vocabulary)
        for (text, reference) in zip(texts, references) {
            let tokens = text.split(separator: " ").flatMap {
                $0 == "<?>" ? [TokenVocabulary.unknown] : vocabulary.encode(String($0))
            }
            score.add(tokens, reference: reference)
        }
        #expect(abs(score.bleu.score - bleu) < 1e-9, "\(name): \(score.bleu)")
        #expect(score.exact == exact, "\(name)")
    }

    @Test(
        "Unknown equals nothing, not even U+FFFD; between words white space does not count, between characters it does")
    func equality() {
        let words = TokenVocabulary(of: ["a b."], unit: .words, limit: 100)
        var score = TranslationScore(vocabulary: words)
        score.add([TokenVocabulary.unknown], reference: "\u{fffd}")
        #expect(score.exact == 0 && score.bleu.matches[0] == 0 && score.bleu.totals[0] == 1)
        score.add(words.encode("a b."), reference: "a  b .")
        #expect(score.exact == 1)
        let characters = TokenVocabulary(of: ["a b"], unit: .characters, limit: 100)
        score = TranslationScore(vocabulary: characters)
        score.add(characters.encode("a b"), reference: "a  b")
        #expect(score.exact == 0)
        score.add(characters.encode("a b"), reference: "a b")
        #expect(score.exact == 1)
    }
}
