import Evolution
import Testing

@Suite("NEAT")
struct NEATTests {
    /// Inputs 0 and 1, the bias 2, the output 3; hidden nodes from 4 on.
    private static let shape = NetworkShape(inputs: 2, outputs: 1)

    private static func genome(_ links: (innovation: Int, source: Int, target: Int, weight: Double, Bool)...) -> Genome
    {
        Genome(
            links: links.map {
                LinkGene(innovation: $0.0, source: $0.1, target: $0.2, weight: $0.3, isEnabled: $0.4)
            })
    }

    private static func random(_ offspring: Int = 1) -> OffspringRandom {
        OffspringRandom(seed: 3, generation: 1, offspring: offspring)
    }

    private static let parent = genome(
        (0, 0, 3, 0.5, true), (1, 1, 3, 1, false), (2, 2, 3, -1, true), (3, 1, 4, 1, true), (4, 4, 3, 2, true))

    /// Two matching genes that differ by 1 and 3, two disjoint ones (1 and 2), two of excess (3 and 4).
    @Test("The distance counts excess and disjoint genes, and the mean difference of weights")
    func distance() {
        let other = Self.genome((0, 0, 3, 1.5, true), (2, 2, 3, 2, true))
        var settings = NEATParameters()
        #expect(abs(Self.parent.distance(to: other, settings) - (2 + 1 + 0.4 * 2)) < 1e-12)
        #expect(abs(other.distance(to: Self.parent, settings) - (2 + 1 + 0.4 * 2)) < 1e-12)
        settings.excessCoefficient = 10
        settings.disjointCoefficient = 5
        settings.weightCoefficient = 0
        #expect(Self.parent.distance(to: other, settings) == 25)
        // from 20 genes on, counts are divided by that number
        let links = (0..<40).map {
            LinkGene(innovation: $0, source: 0, target: 3, weight: 1, isEnabled: true)
        }
        let (long, short) = (Genome(links: links), Genome(links: Array(links.prefix(30))))
        #expect(abs(long.distance(to: short, NEATParameters()) - 0.25) < 1e-12)
    }

    @Test("A child has matching genes of either parent, and the others of the fitter one")
    func crossover() {
        let other = Self.genome((0, 0, 3, 9, true), (2, 2, 3, 9, false), (7, 0, 4, 9, true))
        var (fromOther, disabled) = (0, 0)
        for number in 0..<400 {
            var random = Self.random(number)
            let child = Self.parent.crossed(with: other, NEATParameters(), &random)
            #expect(child.links.map(\.innovation) == [0, 1, 2, 3, 4])
            #expect(child.links[3] == Self.parent.links[3] && child.links[1] == Self.parent.links[1])
            #expect([0.5, 9].contains(child.links[0].weight) && child.links[0].isEnabled)
            if child.links[0].weight == 9 { fromOther += 1 }
            if !child.links[2].isEnabled { disabled += 1 }
        }
        // half, and three quarters
        #expect((160...240).contains(fromOther) && (270...330).contains(disabled), "\(fromOther), \(disabled)")
    }

    @Test("The same mutation in one generation has the same innovations; a link that is split twice has two nodes")
    func innovations() {
        var innovations = Innovations(nextLink: 5, nextNode: 5)
        var settings = NEATParameters()
        settings.linkLimit = 9
        let simple = Self.genome((0, 0, 3, 0.5, true))
        var children = [simple, simple]
        for index in 0..<2 {
            var random = Self.random(index)
            children[index].addNode(Self.shape, settings, &innovations, &random)
        }
        #expect(children[0] == children[1] && innovations.nextLink == 7 && innovations.nextNode == 6)
        #expect(
            children[0] == Self.genome((0, 0, 3, 0.5, false), (5, 0, 5, 1, true), (6, 5, 3, 0.5, true)))
        var again = children[0]
        again = Genome(
            links: again.links.map {
                LinkGene(
                    innovation: $0.innovation, source: $0.source, target: $0.target, weight: $0.weight,
                    isEnabled: $0.innovation == 0)
            })
        var random = Self.random()
        again.addNode(Self.shape, settings, &innovations, &random)
        #expect(again.hiddenCount(Self.shape) == 2 && innovations.nextNode == 7)
        // up to the limit
        for _ in 0..<50 { again.addNode(Self.shape, settings, &innovations, &random) }
        for _ in 0..<50 { again.addLink(Self.shape, settings, &innovations, &random) }
        #expect(again.links.count <= 9 && again.links.count >= 8)
    }

    @Test("Networks that grow have no cycles, and no link twice")
    func growth() {
        for number in 0..<20 {
            var (genome, random) = (Self.parent, Self.random(number))
            var innovations = Innovations(nextLink: 5, nextNode: 5)
            for step in 0..<40 {
                if step % 3 == 0 {
                    genome.addNode(Self.shape, NEATParameters(), &innovations, &random)
                } else {
                    genome.addLink(Self.shape, NEATParameters(), &innovations, &random)
                }
            }
            #expect(NEATNetwork(genome, Self.shape) != nil)
            #expect(Set(genome.links.map { [$0.source, $0.target] }).count == genome.links.count)
            #expect(zip(genome.links, genome.links.dropFirst()).allSatisfy { $0.innovation < $1.innovation })
            #expect(genome.links.count > 20)
        }
        #expect(NEATNetwork(Self.genome((0, 4, 5, 1, true), (1, 5, 4, 1, false)), Self.shape) == nil)
        #expect(NEATNetwork(Self.genome((0, 3, 1, 1, true)), Self.shape) == nil)
    }

    /// Or, less and: σ(4.9·…) of steep weights.
    @Test("A network with one hidden node computes exclusive or")
    func network() throws {
        let genome = Self.genome(
            (0, 0, 3, 4, true), (1, 1, 3, 4, true), (2, 2, 3, -2, true), (3, 0, 4, 4, true), (4, 1, 4, 4, true),
            (5, 2, 4, -6, true), (6, 4, 3, -8, true), (7, 0, 3, 100, false))
        var network = try #require(NEATNetwork(genome, Self.shape))
        var outputs: [Float] = [0]
        let found = ExclusiveOr.errors {
            network.evaluate($0, into: &outputs)
            return Double(outputs[0])
        }
        #expect(found.correct == 4 && found.errors.allSatisfy { $0 < 1e-3 })
        // 1 / (1 + e^(-4.9·0.5))
        var single = try #require(NEATNetwork(Self.genome((0, 0, 3, 0.5, true)), Self.shape))
        single.evaluate([1, 5], into: &outputs)
        #expect(abs(outputs[0] - 0.92057) < 1e-5)
    }

    private static func fitness(_ population: NEATPopulation) -> [Double] {
        population.genomes.indices.map { member in
            var (network, outputs) = (population.network(member), [Float(0)])
            return ExclusiveOr.fitness {
                network.evaluate($0, into: &outputs)
                return Double(outputs[0])
            }
        }
    }

    /// Of 100 seeds all find it, after 3123 evaluations in the mean, at most 9464; with 0.05 for links after 8314. The paper
    /// has a mean of 4755 and at most 13,459.
    @Test("Exclusive or is found", arguments: [1, 2])
    func exclusiveOr(seed: UInt64) throws {
        var population = NEATPopulation(Self.shape, NEATParameters(), seed: seed)
        // of at most 16
        while population.championFitness < 15, population.generation < 90 {
            population.update(Self.fitness(population))
        }
        let champion = try #require(population.champion)
        var (network, outputs) = (population.network(of: champion), [Float(0)])
        let found = ExclusiveOr.errors {
            network.evaluate($0, into: &outputs)
            return Double(outputs[0])
        }
        #expect(found.correct == 4 && champion.hiddenCount(Self.shape) >= 1)
        #expect(population.genomes.count == 150 && population.speciesCount > 1)
    }

    @Test("A population goes on from what it saved, and refuses what it cannot have saved")
    func saving() {
        var settings = NEATParameters()
        settings.population = 5
        settings.nodeMutation = 0.5
        var (one, other) = (
            NEATPopulation(Self.shape, settings, seed: 1), NEATPopulation(Self.shape, settings, seed: 1)
        )
        for _ in 0..<6 { one.update(Self.fitness(one)) }
        let saved = one.saved
        let isRestored = other.restore(saved)
        #expect(isRestored && other.saved == saved)
        one.update(Self.fitness(one))
        other.update(Self.fitness(other))
        #expect(one.saved == other.saved && one.saved != saved)
        for index in stride(from: 0, to: saved.count, by: 3) {
            let part = other.restore(Array(saved.prefix(index)))
            #expect(!part)
            for wrong in [Double.nan, .infinity, -1e300] where wrong != -1e300 || saved[index] == saved[index].rounded()
            {
                var damaged = saved
                damaged[index] = wrong
                // a fitness or a weight may have any size
                let isTaken = other.restore(damaged)
                #expect(!isTaken || wrong.isFinite)
            }
        }
        let isRestoredAgain = other.restore(saved)
        #expect(isRestoredAgain && other.saved == saved)
    }

    @Test("Fitness that is negative, equal or not a number leaves a whole population")
    func oddFitness() {
        var population = NEATPopulation(Self.shape, NEATParameters(), seed: 1)
        for fitness in [-3.0, 0, .nan, .infinity, -.infinity, 1e308] {
            population.update([Double](repeating: fitness, count: 150))
            #expect(population.genomes.count == 150)
        }
        population.update((0..<150).map { $0 % 2 == 0 ? 1e308 : -1e308 })
        population.update((0..<150).map { $0 == 7 ? .nan : -Double($0) })
        #expect(population.genomes.count == 150 && population.championFitness.isFinite)
    }

    @Test("A genome is read back from its rows")
    func rows() throws {
        let rows = Self.parent.rows(limit: 7)
        #expect(rows.count == 28 && rows.suffix(8).allSatisfy { $0 == -1 })
        let read = try #require(Genome(rows: rows, Self.shape))
        #expect(read == Self.parent)
        var wrong = rows
        wrong[1] = 0.5
        #expect(Genome(rows: wrong, Self.shape) == nil)
        wrong[1] = .nan
        #expect(Genome(rows: wrong, Self.shape) == nil)
    }
}
