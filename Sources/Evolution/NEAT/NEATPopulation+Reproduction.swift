extension NEATPopulation {
    /// Deals the members to species, and returns those of each, the best first. Species without any are gone.
    mutating func speciate(_ order: [Int], _ fitness: [Double]) -> [[Int]] {
        var groups = [[Int]](repeating: [], count: species.count)
        for (member, genome) in genomes.enumerated() {
            let found = species.firstIndex {
                genome.distance(to: $0.representative, settings) < settings.compatibilityThreshold
            }
            if let found {
                groups[found].append(member)
            } else {
                species.append(
                    Species(
                        number: nextSpecies, representative: genome, bestFitness: -.infinity,
                        lastImprovement: generation))
                nextSpecies += 1
                groups.append([member])
            }
        }
        let living = groups.indices.filter { !groups[$0].isEmpty }
        species = living.map { species[$0] }
        groups = living.map { groups[$0] }
        var rank = [Int](repeating: 0, count: order.count)
        for (position, member) in order.enumerated() { rank[member] = position }
        for index in groups.indices {
            groups[index].sort { rank[$0] < rank[$1] }
            var random = OffspringRandom(seed: seed, generation: generation, offspring: -1 - species[index].number)
            species[index].representative = genomes[groups[index][random.below(groups[index].count)]]
            let best = fitness[groups[index][0]]
            if best > species[index].bestFitness {
                (species[index].bestFitness, species[index].lastImprovement) = (best, generation)
            }
        }
        return groups
    }

    /// Replaces the genomes by the offspring of these species.
    mutating func reproduce(_ groups: [[Int]], _ fitness: [Double]) {
        let offspring = shares(groups, fitness)
        let parents = groups.map { members in
            Array(members.prefix(max(1, Int((settings.survivors * Double(members.count)).rounded(.up)))))
        }
        let living = groups.indices.filter { offspring[$0] > 0 }
        var innovations = Innovations(nextLink: nextLink, nextNode: nextNode)
        var next: [Genome] = []
        for index in living {
            for child in 0..<offspring[index] {
                // the champion of a larger species is copied
                if child == 0, groups[index].count > 5 {
                    next.append(genomes[groups[index][0]])
                    continue
                }
                var random = OffspringRandom(seed: seed, generation: generation + 1, offspring: next.count)
                next.append(makeChild(of: index, parents, living, fitness, &innovations, &random))
            }
        }
        genomes = next
        (nextLink, nextNode) = (innovations.nextLink, innovations.nextNode)
    }

    /// The number of children of each species: in proportion to the sum of its shared fitness, which is the mean of its
    /// members'.
    private mutating func shares(_ groups: [[Int]], _ fitness: [Double]) -> [Int] {
        let best = groups.indices.max { fitness[groups[$0][0]] < fitness[groups[$1][0]] } ?? 0
        var means = groups.enumerated().map { index, members -> Double in
            let isStagnant = generation - species[index].lastImprovement >= settings.stagnation && index != best
            return isStagnant ? -1 : members.reduce(0) { $0 + fitness[$1] } / Double(members.count)
        }
        // a population that does not improve for 20 generations goes on with its two best species
        if generation - lastImprovement > 20 {
            let order = groups.indices.sorted { fitness[groups[$0][0]] > fitness[groups[$1][0]] }
            for index in order.dropFirst(2) { means[index] = -1 }
            for index in order.prefix(2) { species[index].lastImprovement = generation }
            lastImprovement = generation
        }
        // all may have the fitness 0
        let total = means.reduce(0) { $0 + max(0, $1) }
        let count = genomes.count
        let exact = means.map { mean -> Double in
            if mean < 0 { return 0 }
            return total > 0
                ? mean / total * Double(count) : Double(count) / Double(means.count { $0 >= 0 })
        }
        var shares = exact.map { Int($0) }
        // the largest remainders get what is left
        let order = exact.indices.filter { means[$0] >= 0 }.sorted { a, b in
            let (first, second) = (exact[a] - Double(shares[a]), exact[b] - Double(shares[b]))
            return first != second ? first > second : a < b
        }
        for index in order.prefix(max(0, count - shares.reduce(0, +))) { shares[index] += 1 }
        return shares
    }

    private func makeChild(
        of index: Int, _ parents: [[Int]], _ living: [Int], _ fitness: [Double], _ innovations: inout Innovations,
        _ random: inout OffspringRandom
    ) -> Genome {
        let own = parents[index]
        let first = own[random.below(own.count)]
        var child = genomes[first]
        if !random.happens(settings.cloneShare) {
            let mates =
                random.happens(settings.interspeciesShare) ? parents[living[random.below(living.count)]] : own
            let second = mates[random.below(mates.count)]
            let (a, b) = (genomes[first], genomes[second])
            let isFirstFitter =
                fitness[first] != fitness[second]
                ? fitness[first] > fitness[second] : a.links.count <= b.links.count
            child =
                isFirstFitter
                ? a.crossed(with: b, settings, &random) : b.crossed(with: a, settings, &random)
        }
        if random.happens(settings.weightMutation) { child.mutateWeights(settings, &random) }
        if random.happens(settings.linkMutation) { child.addLink(shape, settings, &innovations, &random) }
        if random.happens(settings.nodeMutation) { child.addNode(shape, settings, &innovations, &random) }
        return child
    }
}
