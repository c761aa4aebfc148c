import Foundation

/// The sums of BLEU over some translations: they add up over parts of a corpus.
///
/// Source: Papineni, Roukos, Ward, Zhu, "BLEU: a method for automatic evaluation of machine translation", ACL 2002,
/// with one reference for each translation.
public struct BLEU: Sendable, Equatable {
    /// For each length 1 to 4: how many n-grams of the translations are in their references too, each as often as
    /// there.
    public private(set) var matches = [0.0, 0.0, 0.0, 0.0]
    /// For each length 1 to 4: how many n-grams the translations have.
    public private(set) var totals = [0.0, 0.0, 0.0, 0.0]
    /// How many tokens the translations and the references have.
    public private(set) var translationLength = 0.0, referenceLength = 0.0

    /// The sums over nothing.
    public init() {}

    /// The sums that `numbers` gave.
    public init(numbers: [Double]) {
        (matches, totals) = (Array(numbers[0..<4]), Array(numbers[4..<8]))
        (translationLength, referenceLength) = (numbers[8], numbers[9])
    }

    /// All ten sums, which add up place by place.
    public var numbers: [Double] { matches + totals + [translationLength, referenceLength] }

    /// Adds a translation and its reference, as tokens.
    public mutating func add(_ translation: [String], reference: [String]) {
        for length in 1...4 {
            let wanted = Self.counts(reference, length)
            for (piece, count) in Self.counts(translation, length) {
                matches[length - 1] += Double(min(count, wanted[piece] ?? 0))
                totals[length - 1] += Double(count)
            }
        }
        translationLength += Double(translation.count)
        referenceLength += Double(reference.count)
    }

    private static func counts(_ tokens: [String], _ length: Int) -> [ArraySlice<String>: Int] {
        guard tokens.count >= length else { return [:] }
        var counts: [ArraySlice<String>: Int] = [:]
        for start in 0...(tokens.count - length) { counts[tokens[start..<(start + length)], default: 0] += 1 }
        return counts
    }

    /// The score, from 0 to 100: the geometric mean of the four precisions times the brevity penalty; 0 when a
    /// precision is.
    public var score: Double {
        guard matches.allSatisfy({ $0 > 0 }) else { return 0 }
        let logarithms = zip(matches, totals).reduce(0) { $0 + log($1.0 / $1.1) }
        let brevity = min(0, 1 - referenceLength / translationLength)
        return 100 * exp(logarithms / 4 + brevity)
    }
}
