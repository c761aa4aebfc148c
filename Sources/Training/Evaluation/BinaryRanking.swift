/// How well scores put the positive samples before the others: exact, from all of them in their order.
struct BinaryRanking: Equatable {
    /// The area under the receiver operating characteristic, the share of pairs of a positive and a negative sample in which the
    /// positive one has the larger score, equal ones counted half; nil where there are no such pairs.
    let area: Double?
    /// `Σ (Rₖ - Rₖ₋₁)·Pₖ` over the distinct scores, falling; 0 without positives.
    let averagePrecision: Double

    /// The ranking of samples by scores of at least 0; a nan counts as the largest.
    init(_ scores: [Float], isPositive: [Bool]) {
        // of numbers from 0 on the bits are in the order of the values
        var keys = zip(scores, isPositive).map { UInt64(max($0, 0).bitPattern) << 1 | ($1 ? 1 : 0) }
        keys.sort(by: >)
        let positives = isPositive.count { $0 }
        let negatives = keys.count - positives
        // twice the pairs that are in order, so that halves are whole; below 2⁶⁴ for up to 2³¹ samples
        var (twicePairs, precision): (UInt64, Double) = (0, 0)
        var (above, index) = ((positive: 0, all: 0), 0)
        while index < keys.count {
            var tied = (positive: 0, all: 0)
            let score = keys[index] >> 1
            while index < keys.count, keys[index] >> 1 == score {
                tied.positive += Int(keys[index] & 1)
                tied.all += 1
                index += 1
            }
            let tiedNegatives = tied.all - tied.positive
            twicePairs += UInt64(tiedNegatives) * UInt64(2 * above.positive + tied.positive)
            above = (above.positive + tied.positive, above.all + tied.all)
            if tied.positive > 0 {
                precision += Double(tied.positive) / Double(positives) * (Double(above.positive) / Double(above.all))
            }
        }
        area =
            positives > 0 && negatives > 0
            ? Double(twicePairs) / (2 * Double(positives) * Double(negatives)) : nil
        averagePrecision = precision
    }
}
