import Kernels

/// The random numbers of one offspring, keyed by (seed, generation, offspring).
package struct OffspringRandom {
    private var generator: PhiloxGenerator

    package init(seed: UInt64, generation: Int, offspring: Int) {
        generator = PhiloxGenerator(
            seed: seed, purpose: .evolution,
            stream: UInt64(truncatingIfNeeded: generation) << 32 | UInt64(UInt32(truncatingIfNeeded: offspring)))
    }

    /// A number in [0, 1).
    mutating func uniform() -> Double { Double(generator.nextWord()) * 0x1p-32 }

    /// A number in [-1, 1).
    mutating func symmetric() -> Double { 2 * uniform() - 1 }

    /// Whether an event of this probability happens.
    mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

    /// A whole number in 0 ..< bound.
    mutating func below(_ bound: Int) -> Int { Int((UInt64(generator.nextWord()) * UInt64(bound)) >> 32) }
}

extension Genome {
    /// Moves each weight, or draws it anew.
    package mutating func mutateWeights(_ settings: NEATParameters, _ random: inout OffspringRandom) {
        for index in links.indices {
            let change = settings.weightPower * random.symmetric()
            let weight = random.happens(settings.weightReplacement) ? change : links[index].weight + change
            links[index].weight = max(-settings.weightLimit, min(settings.weightLimit, weight))
        }
    }

    /// Joins two nodes that are not joined, without a cycle; nothing where such are not found in 20 attempts.
    package mutating func addLink(
        _ shape: NetworkShape, _ settings: NEATParameters, _ innovations: inout Innovations,
        _ random: inout OffspringRandom
    ) {
        guard links.count < settings.linkLimit else { return }
        let hidden = hiddenNodes(shape)
        let sources = Array(0...shape.bias) + hidden + shape.outputNodes
        let targets = Array(shape.outputNodes) + hidden
        for _ in 0..<20 {
            let (source, target) = (sources[random.below(sources.count)], targets[random.below(targets.count)])
            let isKnown = links.contains { $0.source == source && $0.target == target }
            if isKnown || leads(from: target, to: source) { continue }
            insert(
                LinkGene(
                    innovation: innovations.link(from: source, to: target), source: source, target: target,
                    weight: settings.weightPower * random.symmetric(), isEnabled: true))
            return
        }
    }

    /// Splits an enabled link by a node: the link into it has the weight 1, that out of it the old one.
    package mutating func addNode(
        _ shape: NetworkShape, _ settings: NEATParameters, _ innovations: inout Innovations,
        _ random: inout OffspringRandom
    ) {
        let enabled = links.indices.filter { links[$0].isEnabled }
        guard !enabled.isEmpty, links.count + 2 <= settings.linkLimit else { return }
        let index = enabled[random.below(enabled.count)]
        let old = links[index]
        links[index].isEnabled = false
        let node = innovations.node(splitting: old.innovation, besides: hiddenNodes(shape))
        for (source, target, weight) in [(old.source, node, 1), (node, old.target, old.weight)] {
            insert(
                LinkGene(
                    innovation: innovations.link(from: source, to: target), source: source, target: target,
                    weight: weight, isEnabled: true))
        }
    }

    private mutating func insert(_ link: LinkGene) {
        let index = links.lastIndex { $0.innovation < link.innovation }.map { $0 + 1 } ?? 0
        links.insert(link, at: index)
    }

    /// The child of two parents: matching genes of either, the others of this one, the fitter. Its links are those of this
    /// one, so that it has no cycles.
    package func crossed(with other: Genome, _ settings: NEATParameters, _ random: inout OffspringRandom) -> Genome {
        var (child, j) = (self, 0)
        for index in links.indices {
            let own = links[index]
            while j < other.links.count, other.links[j].innovation < own.innovation { j += 1 }
            guard j < other.links.count, other.links[j].innovation == own.innovation else { continue }
            let match = other.links[j]
            if random.happens(0.5) { child.links[index].weight = match.weight }
            child.links[index].isEnabled =
                own.isEnabled && match.isEnabled || !random.happens(settings.disabledShare)
        }
        return child
    }
}
