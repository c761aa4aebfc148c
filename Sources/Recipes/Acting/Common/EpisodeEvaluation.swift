public import Environments
public import Settings
public import Training

/// What an agent does without exploration.
public typealias Policy = (_ environments: any EnvironmentBatch) -> [Float]

/// Plays episodes with a policy.
public struct EpisodePlayer {
    /// The environment.
    public let world: any Environment
    let seed: UInt64
    /// Steps after which an episode is truncated; nil where the environment's own limit does it.
    public let timeLimit: Int?
    /// Episodes of an evaluation.
    let count: Int

    /// Steps after which an evaluation gives up on an episode that has no limit of its own.
    private static let longest = 1000

    /// Plays in `world`; test episodes are other ones than those of training.
    public init(_ world: any Environment, _ settings: Settings) {
        (self.world, count) = (world, settings.acting.testEpisodes)
        seed = settings.seed ^ 0x7465_7374_0000_0000
        timeLimit = settings.timeLimit ?? (world.timeLimit == nil ? Self.longest : nil)
    }

    func environments(_ numbers: Range<Int>) -> any EnvironmentBatch {
        world.batch(numbers, seed: seed, timeLimit: timeLimit)
    }

    /// The return and the length of each of these episodes.
    func play(_ numbers: [Int], _ policy: Policy) -> [FinishedEpisode] {
        var played: [FinishedEpisode] = []
        var rest = numbers[...]
        while let first = rest.first {
            // those that follow each other are played together
            let run = rest.enumerated().prefix { $0.element == first + $0.offset }.count
            rest = rest.dropFirst(run)
            played += playTogether(first..<first + run, policy)
        }
        return played
    }

    private func playTogether(_ numbers: Range<Int>, _ policy: Policy) -> [FinishedEpisode] {
        let batch = environments(numbers)
        var outcome = BatchOutcome()
        var episodes: [Int: FinishedEpisode] = [:]
        while episodes.count < numbers.count {
            policy(batch).withUnsafeBufferPointer { batch.step($0, &outcome) }
            for episode in outcome.episodes where episodes[episode.index] == nil { episodes[episode.index] = episode }
        }
        return episodes.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The scores of episodes: the loss is minus the return; `details` are the sums of returns, their squares and
    /// lengths.
    public func evaluate(_ numbers: [Int], _ policy: Policy) -> EvaluationSums {
        let episodes = play(numbers, policy)
        let returns = episodes.map(\.return)
        let sum = returns.reduce(0, +)
        return EvaluationSums(
            loss: -sum, terms: Double(numbers.count), correct: nil, samples: numbers.count,
            details: [
                Double(numbers.count), sum, returns.reduce(0) { $0 + $1 * $1 },
                episodes.reduce(0) { $0 + Double($1.length) },
            ])
    }

    /// What `details` amount to.
    public static func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count >= 4, details[0] > 0 else { return [:] }
        let mean = details[1] / details[0]
        return [
            "episode_return": mean, "episode_length": details[3] / details[0],
            "return_deviation": max(0, details[2] / details[0] - mean * mean).squareRoot(),
        ]
    }
}
