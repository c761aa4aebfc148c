import Preconditions

/// The genes of a network, in the order of their innovations.
///
/// Nodes are numbered: inputs first, then the bias, the outputs, and hidden nodes as they were invented.
public struct Genome: Sendable, Equatable {
    public internal(set) var links: [LinkGene]

    /// The number of links that carry something.
    public var enabledLinks: Int { links.count(where: \.isEnabled) }

    /// The hidden nodes, in ascending order.
    func hiddenNodes(_ shape: NetworkShape) -> [Int] {
        Set(links.flatMap { [$0.source, $0.target] }).filter { $0 >= shape.firstHidden }.sorted()
    }

    /// How many hidden nodes it has.
    public func hiddenCount(_ shape: NetworkShape) -> Int { hiddenNodes(shape).count }

    /// c1·E/N + c2·D/N + c3·W̄: excess and disjoint genes, and the mean difference of the weights of matching ones; N, the
    /// genes of the larger genome, is 1 where both have fewer than 20.
    package func distance(to other: Genome, _ settings: NEATParameters) -> Double {
        var (i, j, matching, disjoint, difference) = (0, 0, 0, 0, 0.0)
        while i < links.count, j < other.links.count {
            let (a, b) = (links[i], other.links[j])
            if a.innovation == b.innovation {
                matching += 1
                difference += abs(a.weight - b.weight)
                (i, j) = (i + 1, j + 1)
            } else {
                disjoint += 1
                if a.innovation < b.innovation { i += 1 } else { j += 1 }
            }
        }
        let excess = links.count - i + other.links.count - j
        let larger = max(links.count, other.links.count)
        let count = larger < 20 ? 1 : Double(larger)
        return (settings.excessCoefficient * Double(excess) + settings.disjointCoefficient * Double(disjoint)) / count
            + settings.weightCoefficient * (matching > 0 ? difference / Double(matching) : 0)
    }

    /// Whether `target` leads to `source`, so that a link from `source` to `target` would close a cycle.
    func leads(from target: Int, to source: Int) -> Bool {
        var (open, seen) = ([target], Set([target]))
        while let node = open.popLast() {
            if node == source { return true }
            for link in links where link.source == node && seen.insert(link.target).inserted {
                open.append(link.target)
            }
        }
        return false
    }

    // MARK: - Saving

    /// The number of links, then each of them.
    var saved: [Double] { [Double(links.count)] + links.flatMap(\.saved) }

    /// Nil where the numbers are not those of a genome without cycles.
    init?(_ reader: inout SavedNumbers, _ shape: NetworkShape) {
        guard let count = reader.count(atMost: 1 << 20) else { return nil }
        var links: [LinkGene] = []
        for _ in 0..<count {
            guard let innovation = reader.count(), let source = reader.count(), let target = reader.count(),
                let weight = reader.finite(), let enabled = reader.count(atMost: 1), target > shape.inputs
            else { return nil }
            if let last = links.last, last.innovation >= innovation { return nil }
            links.append(
                LinkGene(
                    innovation: innovation, source: source, target: target, weight: weight, isEnabled: enabled == 1))
        }
        self.init(links: links)
        guard NEATNetwork(self, shape) != nil else { return nil }
    }

    package init(links: [LinkGene]) { self.links = links }
}

/// The inputs and the outputs of networks.
public struct NetworkShape: Sendable, Equatable {
    public let inputs, outputs: Int

    /// A shape with at least one of each.
    public init(inputs: Int, outputs: Int) {
        require(inputs > 0 && outputs > 0, "NetworkShape: \(inputs) inputs and \(outputs) outputs")
        (self.inputs, self.outputs) = (inputs, outputs)
    }

    /// The number of the bias node, which is always 1.
    var bias: Int { inputs }
    var outputNodes: Range<Int> { inputs + 1..<inputs + 1 + outputs }
    var firstHidden: Int { inputs + 1 + outputs }
}
