#if canImport(Glibc)
    import Glibc
#endif

/// The order of members by their fitness.
enum Ranking {
    /// The members from the best on; of equal ones the first comes first, NaN is last.
    static func descending(_ fitness: [Double]) -> [Int] {
        fitness.indices.sorted { a, b in
            let (first, second) = (value(fitness[a]), value(fitness[b]))
            return first != second ? first > second : a < b
        }
    }

    /// Gives each member what is due to its rank, `shares[0]` to the best; equal ones get the mean of theirs.
    static func shaped(_ fitness: [Double], _ shares: [Double]) -> [Double] {
        let order = descending(fitness)
        var shaped = [Double](repeating: 0, count: fitness.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, value(fitness[order[end]]) == value(fitness[order[start]]) { end += 1 }
            let mean = shares[start..<end].reduce(0, +) / Double(end - start)
            for rank in start..<end { shaped[order[rank]] = mean }
            start = end
        }
        return shaped
    }

    /// Centered ranks: from 0.5 of the best to -0.5 of the worst.
    static func centered(_ fitness: [Double]) -> [Double] {
        let last = Double(max(1, fitness.count - 1))
        return shaped(fitness, fitness.indices.map { 0.5 - Double($0) / last })
    }

    /// Utilities of natural evolution strategies, whose sum is 0: `max(0, ln(λ/2 + 1) - ln k)`, normalized, less 1/λ.
    static func utilities(_ fitness: [Double]) -> [Double] {
        let count = Double(fitness.count)
        let raw = fitness.indices.map { max(0, log(count / 2 + 1) - log(Double($0 + 1))) }
        let sum = raw.reduce(0, +)
        return shaped(fitness, raw.map { $0 / sum - 1 / count })
    }

    private static func value(_ fitness: Double) -> Double { fitness.isNaN ? -.infinity : fitness }
}
