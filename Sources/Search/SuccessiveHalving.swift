import Messages
import Training

/// Successive halving: all trials are trained for a part of their steps, the best of them for more, the best of those for
/// all.
///
/// A rung ends when all its trials have: unlike ASHA, which promotes in the order in which trials happen to end, it gives
/// the same results on any number of ranks.
/// Source: Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", 2016.
struct SuccessiveHalving: Sendable, Equatable {
    /// One of so many trials is promoted to the next rung, where it has so many times the steps.
    let factor: Int
    let rungs: Int

    /// The rungs of `trials` trials, as many as leave one at the end unless given.
    init(factor: Int, rungs: Int?, trials: Int) throws {
        var (most, least) = (1, factor)
        while least <= trials { (most, least) = (most + 1, least * factor) }
        guard most > 1 else { throw SearchError.tooFewForRungs(rungs: 2, factor: factor, trials: trials) }
        if let rungs, rungs > most {
            throw SearchError.tooFewForRungs(rungs: rungs, factor: factor, trials: trials)
        }
        (self.factor, self.rungs) = (factor, rungs ?? most)
    }

    /// The steps of a whole training over those of a trial that ends at `rung`, counted from 1.
    func divisor(_ rung: Int) -> Int { (rung..<rungs).reduce(1) { result, _ in result * factor } }

    /// The steps of a trial that ends at `rung`.
    func part(_ rung: Int) -> RunPart { RunPart(1, of: divisor(rung)) }

    /// The trials of `results`, those of a rung, that are promoted, in the order of their numbers.
    func promoted(_ results: [TrialResult], _ objective: SearchObjective) -> [Int] {
        let ranked = results.filter { $0.status == .complete }
            .map { (cost: objective.cost(of: $0) ?? .infinity, number: $0.number) }.sorted { $0 < $1 }
        return ranked.prefix(max(1, results.count / factor)).map(\.number).sorted()
    }

    /// Such as `9 for 1/9 of the steps, 3 for 1/3, 1 for all`.
    func description(trials: Int) -> String {
        var (count, parts) = (trials, [String]())
        for rung in 1...rungs {
            let steps = rung == rungs ? "all" : "1/\(divisor(rung))"
            parts.append("\(Readable.count(count)) for \(steps)\(rung == 1 ? " of the steps" : "")")
            count = max(1, count / factor)
        }
        return parts.joined(separator: ", ")
    }
}
