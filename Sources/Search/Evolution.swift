import Kernels
import Training

/// Regularized evolution: further trials are mutations of good ones, and the population loses its oldest trials, however
/// good.
///
/// A parent is the best of a few trials that are drawn from the population, the newest that are complete. Children are
/// made in generations of a fixed size, all of which are trained before the next: they are a function of the search's
/// seed and of earlier results, whatever the number of ranks.
/// Source: Real, Aggarwal, Huang, Le, "Regularized evolution for image classifier architecture search", 2019.
struct Evolution: Sendable, Equatable {
    /// The trials that a parent is drawn from, and those of the first generation, which is random.
    let population: Int
    /// The most trials of the search.
    let total: Int

    /// The trials of a later generation.
    var children: Int { max(1, population / 2) }
    /// The trials of which a parent is the best: a quarter of the population as in the paper, at least 2.
    var tournament: Int { max(2, population / 4) }

    /// How often a child that equals an earlier trial is mutated anew.
    private static let attempts = 100

    /// The next generation; shorter, or empty, at the end of the search, and where there are hardly any new settings.
    /// - Parameter results: those of all earlier generations.
    func next(
        after results: [TrialResult], _ dimensions: [SearchDimension], _ objective: SearchObjective, seed: UInt64
    ) -> [SearchPlan.Trial] {
        let living = results.sorted { $0.number < $1.number }
            .compactMap { result in result.status == .complete ? objective.cost(of: result).map { (result, $0) } : nil }
            .suffix(population)
        let size = results.isEmpty ? population : children
        var known = Set(results.map(\.values))
        var trials: [SearchPlan.Trial] = []
        for number in results.count + 1..<max(results.count, min(results.count + size, total)) + 1 {
            let child = child(of: Array(living), number, dimensions, seed: seed) { known.insert($0).inserted }
            guard let child else { break }
            trials.append(SearchPlan.Trial(number: number, values: dimensions.map { ($0.key, child[$0.key] ?? "") }))
        }
        return trials
    }

    /// The settings of trial `number`; nil if there are none that `isNew`.
    private func child(
        of living: [(TrialResult, cost: Double)], _ number: Int, _ dimensions: [SearchDimension], seed: UInt64,
        isNew: ([String: String]) -> Bool
    ) -> [String: String]? {
        var random = PhiloxGenerator(seed: seed, purpose: .search, stream: 1 << 63 | UInt64(number))
        var values: [String: String] = [:]
        for attempt in 0..<Self.attempts {
            if living.isEmpty {
                // the first attempts are the draws of a random search
                let draw = number - 1 + attempt * SearchPlan.trialLimit
                for dimension in dimensions { values[dimension.key] = dimension.value(seed: seed, draw: draw) }
            } else {
                // a mutation that is known is mutated further, up to five times
                if attempt % 5 == 0 { values = parent(living, &random).values }
                let dimension = dimensions[random.below(dimensions.count)]
                values[dimension.key] = dimension.mutated(values[dimension.key] ?? "", &random)
            }
            if isNew(values) { return values }
        }
        return nil
    }

    /// The winner of a tournament; of equals the newest.
    private func parent(
        _ living: [(TrialResult, cost: Double)], _ random: inout PhiloxGenerator
    ) -> TrialResult {
        var best = living[random.below(living.count)]
        for _ in 1..<tournament {
            let other = living[random.below(living.count)]
            if (other.cost, -other.0.number) < (best.cost, -best.0.number) { best = other }
        }
        return best.0
    }
}

extension PhiloxGenerator {
    /// An integer from 0 up to `count`.
    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    /// A number in [0, 1).
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}

extension SearchDimension {
    /// A value near `value`: another one of a choice, a number at most a fifth of the range away, a list that differs in
    /// one element.
    func mutated(_ value: String, _ random: inout PhiloxGenerator) -> String {
        switch values {
        case .grid(let choices), .choice(let choices):
            let others = choices.filter { $0 != value }
            return others.isEmpty ? value : others[random.below(others.count)]
        case .number(let distribution): return distribution.mutated(value, &random)
        case .list(let list): return list.mutated(value, &random)
        }
    }
}
