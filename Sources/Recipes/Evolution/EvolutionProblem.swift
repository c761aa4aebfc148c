import ActingRecipes
import Environments
import Evolution
import Settings
import Training

/// What members are tried at.
enum EvolutionProblem {
    case function(TestFunction, dimension: Int)
    case exclusiveOr
    case environment(EpisodePlayer, episodes: Int, seed: UInt64)

    init(_ settings: Settings) {
        let own = settings.evolution
        if let function = own.function {
            self = .function(function, dimension: own.dimension)
        } else if own.task == .xor {
            self = .exclusiveOr
        } else {
            self = .environment(
                EpisodePlayer(settings.acting.environment.environment, settings), episodes: own.episodes,
                seed: settings.seed)
        }
    }

    /// Inputs and outputs of networks; nil where a point is evaluated.
    var shape: NetworkShape? {
        switch self {
        case .function: nil
        case .exclusiveOr: NetworkShape(inputs: 2, outputs: 1)
        case .environment(let player, _, _):
            switch player.world.actionSpace {
            case .discrete(let count): NetworkShape(inputs: player.world.observationSize, outputs: count)
            case .continuous(let bounds):
                NetworkShape(inputs: player.world.observationSize, outputs: bounds.count)
            }
        }
    }

    /// The fitness of a point; more is better.
    func fitness(at point: [Double]) -> Double {
        if case .function(let function, _) = self { -function.value(at: point) } else { -.infinity }
    }

    /// The fitness of a network in a generation; more is better.
    func fitness(of network: inout some EvolvedNetwork, generation: Int) -> Double {
        switch self {
        case .function: return -.infinity
        case .exclusiveOr: return ExclusiveOr.fitness { exclusiveOr(of: &network, $0) }
        case .environment(let player, let episodes, let seed):
            var sum = 0.0
            for number in 0..<episodes {
                let batch = player.world.batch(number..<number + 1, seed: seed, timeLimit: player.timeLimit)
                batch.begin(episode: generation)
                var outcome = BatchOutcome()
                while outcome.episodes.isEmpty {
                    actions(of: &network, batch).withUnsafeBufferPointer { batch.step($0, &outcome) }
                }
                sum += outcome.episodes[0].return
            }
            return sum / Double(episodes)
        }
    }

    /// The output for a case of exclusive or, in [0, 1].
    func exclusiveOr(of network: inout some EvolvedNetwork, _ inputs: [Float]) -> Double {
        var outputs: [Float] = [0]
        network.evaluate(inputs, into: &outputs)
        return Double(network.share(outputs[0]))
    }

    /// What a network does in each of these environments: the discrete action with the highest output, or the elements of a
    /// continuous one.
    func actions(of network: inout some EvolvedNetwork, _ batch: any EnvironmentBatch) -> [Float] {
        let (count, size) = (batch.numbers.count, batch.observationSize)
        var observations = [Float](repeating: 0, count: count * size)
        observations.withUnsafeMutableBufferPointer { batch.observe(into: $0) }
        var outputs = [Float](repeating: 0, count: shape?.outputs ?? 0)
        var actions: [Float] = []
        actions.reserveCapacity(count * batch.actionSpace.size)
        for index in 0..<count {
            network.evaluate(
                count == 1 ? observations : Array(observations[index * size..<(index + 1) * size]), into: &outputs)
            switch batch.actionSpace {
            case .discrete:
                var best = 0
                for action in outputs.indices where outputs[action] > outputs[best] { best = action }
                actions.append(Float(best))
            case .continuous(let bounds):
                for (element, range) in bounds.enumerated() {
                    actions.append(
                        range.lowerBound + (range.upperBound - range.lowerBound) * network.share(outputs[element]))
                }
            }
        }
        return actions
    }
}
