import Communication
import Evolution
import TensorEngine
import Training

/// The population, the same on every rank, and what checkpoints keep of it.
final class EvolutionStore: Persistent {
    /// What moves from generation to generation.
    enum Population {
        case vectors(any SearchDistribution)
        case networks(NEATPopulation)
    }

    private(set) var population: Population
    /// The best fitness of all members so far.
    private(set) var bestFitness = -Double.greatestFiniteMagnitude
    private let problem: EvolutionProblem
    /// Layers of a perceptron, where the vectors are those.
    private let widths: [Int]?
    /// The most numbers that a population is saved as.
    private let largest: Int
    private var packed: PersistentStorage?
    /// The numbers in a checkpoint that is being read.
    private var restored: Int?

    /// - Parameter largest: the most numbers that the population is saved as, in any generation.
    init(_ population: Population, _ problem: EvolutionProblem, widths: [Int]?, largest: Int) {
        (self.population, self.problem, self.widths, self.largest) = (population, problem, widths, largest)
    }

    var generation: Int {
        switch population {
        case .vectors(let distribution): distribution.generation
        case .networks(let networks): networks.generation
        }
    }

    /// The members of a generation.
    var members: Int {
        switch population {
        case .vectors(let distribution): distribution.population
        case .networks(let networks): networks.genomes.count
        }
    }

    /// Whether the settings of an optimizer say how the distribution moves.
    var followsOptimizer: Bool {
        if case .vectors(let distribution) = population { distribution is OpenAIES } else { false }
    }

    /// The fitness of a member of this generation. *Local.*
    func fitness(of member: Int) -> Double {
        switch population {
        case .vectors(let distribution):
            let candidate = distribution.candidate(member)
            guard let widths else { return problem.fitness(at: candidate) }
            var network = FlatPerceptron(widths: widths, weights: candidate.map { Float($0) })
            return problem.fitness(of: &network, generation: distribution.generation)
        case .networks(let networks):
            var network = networks.network(member)
            return problem.fitness(of: &network, generation: networks.generation)
        }
    }

    /// Makes the next generation of the fitness of all members. *Local*, the same on every rank.
    func update(_ fitness: [Double], learningRate: Double) {
        bestFitness = fitness.reduce(bestFitness) { $1.isFinite ? max($0, $1) : $0 }
        switch population {
        case .vectors(var distribution):
            if var strategy = distribution as? OpenAIES {
                strategy.learningRate = learningRate
                distribution = strategy
            }
            distribution.update(fitness)
            population = .vectors(distribution)
        case .networks(var networks):
            networks.update(fitness)
            population = .networks(networks)
        }
    }

    // MARK: - Checkpoints

    private var saved: [Double] {
        switch population {
        case .vectors(let distribution): [bestFitness] + distribution.saved
        case .networks(let networks): [bestFitness] + networks.saved
        }
    }

    var stateTensors: [PersistentTensor] {
        let count = restored ?? saved.count
        let storage = packed ?? PersistentStorage(count: 2 * count)
        packed = storage
        return [PersistentTensor(name: "evolution.float64_bits", shape: [count, 2], storage: storage)]
    }

    func notes(at position: RunPosition) -> [String: String] { ["evolution.numbers": "\(saved.count)"] }

    func restore(_ notes: SavedNotes) throws {
        restored = try notes.integer("evolution.numbers", in: 0...largest)
        packed = nil
    }

    func gather(over communicator: any Communicator) throws {
        let numbers = saved
        let storage = PersistentStorage(count: 2 * numbers.count)
        UnsafeMutableRawBufferPointer(storage.elements).copyBytes(from: numbers.withUnsafeBytes { Array($0) })
        packed = storage
    }

    func distribute(over communicator: any Communicator) throws {
        guard let count = restored else { return }
        // the tensor was read on rank 0 alone
        let storage = packed ?? PersistentStorage(count: 2 * count)
        try communicator.broadcast(UnsafeMutableRawBufferPointer(storage.elements), from: 0)
        let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(storage.elements))
        let numbers = (0..<count).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
        (restored, packed) = (nil, nil)
        guard let best = numbers.first, best.isFinite else { throw DamagedPopulation() }
        bestFitness = best
        let rest = Array(numbers.dropFirst())
        switch population {
        case .vectors(var distribution):
            guard distribution.restore(rest) else { throw DamagedPopulation() }
            population = .vectors(distribution)
        case .networks(var networks):
            guard networks.restore(rest) else { throw DamagedPopulation() }
            population = .networks(networks)
        }
    }

    func release() { packed = nil }
}

/// The saved population is none that it can have been.
struct DamagedPopulation: Error, CustomStringConvertible {
    var description: String {
        "the saved population is not one of these settings: the checkpoint was changed; use an earlier one"
    }
}
