extension NEATPopulation {
    /// All that changes, as numbers.
    public var saved: [Double] {
        var numbers = [
            Double(generation), Double(nextLink), Double(nextNode), Double(nextSpecies), Double(lastImprovement),
            champion == nil ? 0 : 1,
        ]
        if let champion { numbers += [championFitness] + champion.saved }
        numbers.append(Double(species.count))
        for one in species {
            numbers += [Double(one.number), one.bestFitness, Double(one.lastImprovement)] + one.representative.saved
        }
        return numbers + genomes.flatMap(\.saved)
    }

    /// Goes on where `saved` was taken; false where it is not of such a population.
    public mutating func restore(_ saved: [Double]) -> Bool {
        var reader = SavedNumbers(saved)
        var copy = self
        guard let generation = reader.count(), let nextLink = reader.count(), let nextNode = reader.count(),
            let nextSpecies = reader.count(), let lastImprovement = reader.count(atMost: generation),
            let hasChampion = reader.count(atMost: 1)
        else { return false }
        if hasChampion == 1 {
            guard let fitness = reader.finite(), let genome = Genome(&reader, shape) else { return false }
            (copy.champion, copy.championFitness) = (genome, fitness)
        } else {
            (copy.champion, copy.championFitness) = (nil, -.infinity)
        }
        guard let count = reader.count(atMost: settings.population) else { return false }
        copy.species = []
        for _ in 0..<count {
            guard let number = reader.count(), let best = reader.finite(),
                let improvement = reader.count(atMost: generation), let genome = Genome(&reader, shape)
            else { return false }
            copy.species.append(
                Species(
                    number: number, representative: genome, bestFitness: best, lastImprovement: improvement))
        }
        copy.genomes = []
        for _ in 0..<settings.population {
            guard let genome = Genome(&reader, shape) else { return false }
            copy.genomes.append(genome)
        }
        let links = (copy.genomes + copy.species.map(\.representative) + (copy.champion.map { [$0] } ?? []))
            .flatMap(\.links)
        guard reader.isAtEnd, links.allSatisfy({ $0.innovation < nextLink && max($0.source, $0.target) < nextNode })
        else { return false }
        (copy.generation, copy.nextLink, copy.nextNode) = (generation, nextLink, nextNode)
        (copy.nextSpecies, copy.lastImprovement) = (nextSpecies, lastImprovement)
        self = copy
        return true
    }
}
