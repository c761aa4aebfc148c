import Kernels
import Preconditions

extension EvaluationSplit {
    /// The numbers, rising, of `limit` of `count` samples: the first of a random order that the seed determines, the
    /// same on any number of ranks. A larger limit takes these and further ones.
    public static func sample(_ limit: Int, of count: Int, seed: UInt64) -> [Int] {
        require(
            limit >= 0 && count >= 0 && count <= UInt32.max,
            "EvaluationSplit: found \(limit) of \(count) samples; counts must be in 0..<2³²")
        guard limit < count else { return Array(0..<count) }
        var random = PhiloxGenerator(seed: seed, purpose: .testSplit, stream: 1)
        // Durstenfeld's shuffle, from the front and of the first places only
        var moved: [Int: Int] = [:]
        return (0..<limit).map { place in
            let other = place + random.index(below: count - place)
            let sample = moved[other] ?? other
            moved[other] = moved[place] ?? place
            return sample
        }.sorted()
    }
}
