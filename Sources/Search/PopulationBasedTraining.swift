import Foundation
import Kernels
import Messages
import Training

/// Population-based training: between rounds of equal length the worst trials copy weights, optimizer state and
/// settings of the best (exploit), and perturb the settings (explore).
///
/// Exploit is truncation selection: each of the worst fraction copies one of the best fraction, drawn uniformly.
/// Explore draws a setting anew from its distribution with the resample probability; else it multiplies a number by 0.8
/// or 1.2, within the bounds of its distribution, and takes the next or previous value of a choice, as Ray Tune does.
///
/// A round ends when all its trials have, unlike in the paper, where trials do not wait for each other: so the results
/// are the same on any number of ranks. Random numbers are keyed by (seed, round, trial, setting).
/// Source: Jaderberg and others, "Population based training of neural networks", 2017.
package struct PopulationBasedTraining: Sendable, Equatable {
    /// The rounds: the interval between perturbations is the run's steps over this number.
    let rounds: Int
    /// The fraction of the trials that copy, and of those that are copied, above 0 and at most 0.5.
    let quantileFraction: Double
    /// The probability that a setting is drawn anew instead of perturbed.
    let resampleProbability: Double

    /// A trial that continues with the weights of another one.
    package struct Copy: Codable, Sendable, Equatable {
        /// The trial that is replaced.
        package let trial: Int
        /// The trial that is copied.
        package let source: Int
    }

    /// The fraction of the paper.
    static let quantileFraction = 0.2
    /// The default of Ray Tune's PopulationBasedTraining.
    static let resampleProbability = 0.25
    static let largestRounds = 10_000

    /// So many rounds, with these fractions.
    package init(rounds: Int, quantileFraction: Double, resampleProbability: Double) {
        (self.rounds, self.quantileFraction) = (rounds, quantileFraction)
        self.resampleProbability = resampleProbability
    }

    /// How many of `count` trials copy another one, where all are complete: the fraction rounded up, at most half.
    package func copies(of count: Int) -> Int { min(count / 2, Int((Double(count) * quantileFraction).rounded(.up))) }

    /// Who copies whom after a round of which `results` are the results; empty where no trial is complete.
    ///
    /// A trial that is not complete, as one that diverged, copies like the worst.
    package func copies(after round: Int, _ results: [TrialResult], _ objective: SearchObjective, seed: UInt64)
        -> [Copy]
    {
        let ranked = results.filter { $0.status == .complete }
            .map { (cost: objective.cost(of: $0) ?? .infinity, number: $0.number) }.sorted { $0 < $1 }.map(\.number)
        guard !ranked.isEmpty else { return [] }
        let count = copies(of: results.count)
        let best = ranked.prefix(max(1, count))
        let failed = results.filter { $0.status != .complete }.map(\.number)
        // of the complete ones as many as make up the fraction together with the others
        let worst = ranked.dropFirst(best.count).suffix(max(0, count - failed.count)) + failed
        return worst.sorted().map { number in
            var random = generator(seed, round, number, "")
            return Copy(trial: number, source: best[random.below(best.count)])
        }
    }

    /// The values with which trial `number` continues from those of the trial that it copied after `round`.
    package func explored(
        _ values: [(key: String, value: String)], _ dimensions: [SearchDimension], after round: Int, number: Int,
        seed: UInt64
    ) -> [(key: String, value: String)] {
        values.map { key, value in
            guard let dimension = dimensions.first(where: { $0.key == key }) else { return (key, value) }
            var random = generator(seed, round, number, key)
            let isResampled = random.fraction() < resampleProbability
            return (key, isResampled ? dimension.drawn(&random) : dimension.perturbed(value, &random))
        }
    }

    /// Random numbers that no draw of a random search and no mutation of an evolution shares.
    private func generator(_ seed: UInt64, _ round: Int, _ number: Int, _ key: String) -> PhiloxGenerator {
        // rounds and trials are at most 10,000, thus 14 bits each
        PhiloxGenerator(
            seed: seed, purpose: .search,
            stream: 1 << 62 | UInt64(round) << 46 | UInt64(number) << 32 | UInt64(key.fnv1a))
    }

    /// Such as `10 rounds; after each the worst 2 of 10 trials copy one of the best 2`.
    func description(trials: Int) -> String {
        let count = copies(of: trials)
        let (worst, best) =
            count == 1
            ? ("the worst of", "copies the best") : ("the worst \(count) of", "copy one of the best \(count)")
        return "\(rounds) rounds; after each \(worst) \(Readable.count(trials, of: "trial")) \(best)"
    }
}

extension SearchDimension {
    /// A value near `value`: a number times 0.8 or 1.2, the next or previous value of a choice.
    func perturbed(_ value: String, _ random: inout PhiloxGenerator) -> String {
        let isUp = random.below(2) == 1
        switch values {
        case .grid(let choices), .choice(let choices):
            guard let index = choices.firstIndex(of: value) else { return value }
            return choices[min(max(index + (isUp ? 1 : -1), 0), choices.count - 1)]
        case .number(let distribution): return distribution.scaled(value, by: isUp ? 1.2 : 0.8)
        case .list(let list): return list.mutated(value, &random)
        }
    }
}

extension NumberDistribution {
    /// `value` times `factor`, within the bounds; a whole number changes by at least 1 where they allow it.
    func scaled(_ value: String, by factor: Double) -> String {
        let current = Double(value) ?? low
        guard scale == .int else { return digits(current * factor) }
        let scaled = (current * factor).rounded()
        let moved = scaled == current ? current + (factor < 1 ? -1 : 1) : scaled
        return "\(Int(min(max(moved, low), high)))"
    }
}
