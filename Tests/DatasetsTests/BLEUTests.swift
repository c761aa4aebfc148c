import Datasets
import Testing

@Suite("BLEU")
struct BLEUTests {
    private static let pairs = [
        ("the cat sat on the mat today", "the cat sat on a mat today"),
        ("there is a dog in the garden", "a dog is in the garden"),
        ("he reads", "he reads the long book every day"),
        ("the the the the", "the cat is on the mat"),
    ]

    private static func bleu(_ pairs: some Sequence<(String, String)>) -> BLEU {
        var bleu = BLEU()
        for (text, reference) in pairs {
            bleu.add(TokenVocabulary.pieces(of: text, .words), reference: TokenVocabulary.pieces(of: reference, .words))
        }
        return bleu
    }

    @Test("has the counts and scores of sacrebleu 2.6.0 (reference_bleu.py)")
    func reference() {
        let all = Self.bleu(Self.pairs)
        #expect(all.matches == [16, 8, 3, 1] && all.totals == [20, 16, 12, 9])
        #expect(all.translationLength == 20 && all.referenceLength == 26)
        for (pairs, expected) in [
            (Self.pairs[...], 24.051990745470516), (Self.pairs[..<1], 48.892302243490086),
            (Self.pairs[..<2], 37.00414022461426), (Self.pairs[2...], 0),
        ] {
            #expect(abs(Self.bleu(pairs).score - expected) < 1e-9)
        }
    }

    @Test("is the same from the sums of parts")
    func parts() {
        let (first, second) = (Self.bleu(Self.pairs[..<2]), Self.bleu(Self.pairs[2...]))
        #expect(BLEU(numbers: zip(first.numbers, second.numbers).map(+)) == Self.bleu(Self.pairs))
    }
}
