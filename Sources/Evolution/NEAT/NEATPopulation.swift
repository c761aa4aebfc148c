import Preconditions

/// Networks that grow: NEAT, neuroevolution of augmenting topologies, for networks without cycles.
///
/// A generation follows from (seed, generation) and the fitness numbers of the last one, so that every rank makes the same.
/// Source: Stanley and Miikkulainen, "Evolving neural networks through augmenting topologies", 2002. Of two equally fit
/// parents the one with fewer links passes on the genes that do not match, as in Stanley's program; a species is not
/// stagnant while it has the champion.
public struct NEATPopulation: Sendable {
    /// Genomes that are alike: what the next generation's are compared with, and how they did.
    struct Species: Sendable {
        let number: Int
        var representative: Genome
        var bestFitness: Double
        var lastImprovement: Int
    }

    public let shape: NetworkShape
    let settings: NEATParameters
    let seed: UInt64
    public internal(set) var generation = 0
    /// The members of this generation.
    public internal(set) var genomes: [Genome]
    /// The best genome so far, the first of equal ones, and its fitness; nil before the first update.
    public internal(set) var champion: Genome?
    public internal(set) var championFitness = -Double.infinity
    var species: [Species] = []
    var nextSpecies = 0
    var nextLink, nextNode: Int
    var lastImprovement = 0

    /// Networks that join all inputs and the bias with all outputs, with weights from -1 to 1.
    public init(_ shape: NetworkShape, _ settings: NEATParameters, seed: UInt64) {
        require(settings.population >= 2, "NEATPopulation: at least 2 members, found \(settings.population)")
        (self.shape, self.settings, self.seed) = (shape, settings, seed)
        (nextLink, nextNode) = ((shape.inputs + 1) * shape.outputs, shape.firstHidden)
        genomes = (0..<settings.population).map { member in
            var random = OffspringRandom(seed: seed, generation: 0, offspring: member)
            return Genome(
                links: (0..<(shape.inputs + 1) * shape.outputs).map { number in
                    LinkGene(
                        innovation: number, source: number / shape.outputs,
                        target: shape.inputs + 1 + number % shape.outputs, weight: random.symmetric(), isEnabled: true)
                })
        }
    }

    public var speciesCount: Int { species.count }

    /// The network of a member of this generation.
    public func network(_ member: Int) -> NEATNetwork { network(of: genomes[member]) }

    /// The network of a genome of these populations.
    public func network(of genome: Genome) -> NEATNetwork {
        guard let network = NEATNetwork(genome, shape) else {
            exitWithError("NEATPopulation: a genome has a cycle")
        }
        return network
    }

    /// Makes the next generation.
    /// - Parameter fitness: that of each member, in their order; more is better, NaN is worst. Where some are negative, all
    ///   are raised by the least one, since offspring is in proportion to it.
    public mutating func update(_ fitness: [Double]) {
        require(
            fitness.count == genomes.count, "NEATPopulation.update: \(genomes.count) members, \(fitness.count) numbers")
        // sums of them must not overflow
        var fitness = fitness.map { $0.isFinite ? max(-1e150, min(1e150, $0)) : $0 }
        let finite = fitness.filter(\.isFinite)
        let (least, most) = (finite.min() ?? 0, finite.max() ?? 0)
        for index in fitness.indices where !fitness[index].isFinite {
            fitness[index] = fitness[index] == .infinity ? most : least
        }
        let order = Ranking.descending(fitness)
        if fitness[order[0]] > championFitness {
            (champion, championFitness) = (genomes[order[0]], fitness[order[0]])
            lastImprovement = generation
        }
        let groups = speciate(order, fitness)
        let shift = min(0, least)
        reproduce(groups, fitness.map { $0 - shift })
        generation += 1
    }
}
