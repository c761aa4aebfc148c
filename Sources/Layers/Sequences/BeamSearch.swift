import Kernels
import Preconditions

/// Searches for the likeliest sequences of tokens, keeping the best beginnings of each at every step.
///
/// A finished hypothesis is worth `log P / lp`, with lp = ((5 + length) / 6)^penalty and the length counting the end
/// token. A search ends when the best finished hypothesis is worth at least what the best unfinished one could still
/// be. Source: Wu et al., "Google's neural machine translation system", 2016, section 7; without the coverage penalty.
public struct BeamSearch: Sendable {
    /// How many hypotheses are kept; 1: always the likeliest token.
    public let width: Int
    /// The exponent of the length penalty; 0: none.
    public let lengthPenalty: Float

    /// A search that keeps `width` hypotheses of each sequence.
    public init(width: Int, lengthPenalty: Float = 0.6) {
        require(
            width >= 1 && lengthPenalty >= 0,
            "BeamSearch: width must be at least 1 and the penalty at least 0, found \(width) and \(lengthPenalty)")
        (self.width, self.lengthPenalty) = (width, lengthPenalty)
    }

    /// The beginning of a sequence.
    public struct Hypothesis: Sendable {
        /// Which of the sequences that are searched for.
        public let sequence: Int
        /// Its tokens, the beginning's first.
        public let tokens: [Int32]
        /// The sum of the logarithms of its tokens' probabilities.
        public let logProbability: Double
    }

    /// The best sequences, without begin and end; one for each number in `longest`, the most tokens that it may have.
    /// - Parameter next: for each of the hypotheses the logarithms of the probabilities of each token to be the next.
    public func run(longest: [Int], begin: Int32, end: Int32, next: ([Hypothesis]) -> [[Float]]) -> [[Int32]] {
        var states = longest.indices.map { sequence in
            State(live: [Hypothesis(sequence: sequence, tokens: [begin], logProbability: 0)])
        }
        while true {
            let live = states.flatMap(\.live)
            guard !live.isEmpty else { break }
            var scores = next(live)[...]
            for (place, state) in states.enumerated() where !state.live.isEmpty {
                states[place].advance(
                    scores.prefix(state.live.count), search: self, end: end, longest: longest[place])
                scores = scores.dropFirst(state.live.count)
            }
        }
        return states.map { Array($0.best?.hypothesis.tokens.dropFirst() ?? []) }
    }

    /// What the logarithm of the probability of a hypothesis of so many tokens is divided by.
    func penalty(length: Int) -> Double {
        exponential(Double(lengthPenalty) * logarithm((5 + Double(length)) / 6))
    }
}

/// The search for one sequence.
private struct State {
    var live: [BeamSearch.Hypothesis]
    var best: (hypothesis: BeamSearch.Hypothesis, worth: Double)?

    /// Goes on by one token with the best `search.width` of all continuations; of equal ones the first hypothesis' and
    /// the lowest token come first.
    mutating func advance(_ scores: ArraySlice<[Float]>, search: BeamSearch, end: Int32, longest: Int) {
        if live[0].tokens.count > longest {
            // all have as many tokens as they may: only the end is left
            for (hypothesis, row) in zip(live, scores) {
                consider(hypothesis, hypothesis.logProbability + Double(row[Int(end)]), search)
            }
            live = []
            return
        }
        var candidates: [(hypothesis: Int, token: Int32, value: Double)] = []
        for (number, row) in scores.enumerated() {
            // one more than the width, since one of them may be the end
            for token in row.placesOfLargest(search.width + 1) {
                candidates.append((number, Int32(token), live[number].logProbability + Double(row[token])))
            }
        }
        candidates.sort {
            $0.value > $1.value || ($0.value == $1.value && ($0.hypothesis, $0.token) < ($1.hypothesis, $1.token))
        }
        var next: [BeamSearch.Hypothesis] = []
        for candidate in candidates where next.count < search.width {
            let parent = live[candidate.hypothesis]
            if candidate.token == end {
                consider(parent, candidate.value, search)
            } else {
                next.append(
                    .init(
                        sequence: parent.sequence, tokens: parent.tokens + [candidate.token],
                        logProbability: candidate.value))
            }
        }
        live = next
        // the penalty grows with the length, so that what is unfinished may become worth most at the longest
        if let best, let first = live.first,
            best.worth >= first.logProbability / search.penalty(length: longest + 1)
        {
            live = []
        }
    }

    private mutating func consider(_ hypothesis: BeamSearch.Hypothesis, _ logProbability: Double, _ search: BeamSearch)
    {
        // its tokens without begin, and the end
        let worth = logProbability / search.penalty(length: hypothesis.tokens.count)
        if best == nil || worth > best!.worth { best = (hypothesis, worth) }
    }
}

extension [Float] {
    /// The indices of the `count` largest elements in falling order; of equal ones the first.
    fileprivate func placesOfLargest(_ count: Int) -> [Int] {
        var places: [Int] = []
        for place in indices {
            if places.count == count, !(self[place] > self[places[count - 1]]) { continue }
            let position = places.firstIndex { self[place] > self[$0] } ?? places.count
            places.insert(place, at: position)
            if places.count > count { places.removeLast() }
        }
        return places
    }
}
