import Preconditions

#if canImport(Glibc)
    import Glibc
#endif

/// The network of a genome: nodes are evaluated once, each after those that lead to it.
///
/// Units have the sigmoid 1 / (1 + e^(-4.9x)) of Stanley and Miikkulainen, 2002.
public struct NEATNetwork: Sendable {
    private struct Edge {
        let source: Int
        let weight: Double
    }

    private let shape: NetworkShape
    /// The positions of the nodes to evaluate, and the end of each one's edges.
    private var order: [(node: Int, end: Int)] = []
    private var edges: [Edge] = []
    private var values: [Double]

    /// Nil where the links close a cycle, or lead into an input.
    public init?(_ genome: Genome, _ shape: NetworkShape) {
        self.shape = shape
        let hidden = genome.hiddenNodes(shape)
        var positions: [Int: Int] = [:]
        for (index, node) in hidden.enumerated() { positions[node] = shape.firstHidden + index }
        func position(_ node: Int) -> Int { node < shape.firstHidden ? node : positions[node] ?? node }
        let count = shape.firstHidden + hidden.count
        var incoming = [[Edge]](repeating: [], count: count)
        var (outgoing, waiting) = ([[Int]](repeating: [], count: count), [Int](repeating: 0, count: count))
        // links that are not enabled count, too: they may become it
        for link in genome.links {
            let (source, target) = (position(link.source), position(link.target))
            guard target > shape.bias else { return nil }
            outgoing[source].append(target)
            waiting[target] += 1
            if link.isEnabled { incoming[target].append(Edge(source: source, weight: link.weight)) }
        }
        var ready = (0..<count).filter { waiting[$0] == 0 }
        var next = 0
        while next < ready.count {
            let node = ready[next]
            next += 1
            if node > shape.bias {
                edges += incoming[node]
                order.append((node, edges.count))
            }
            for target in outgoing[node] {
                waiting[target] -= 1
                if waiting[target] == 0 { ready.append(target) }
            }
        }
        guard ready.count == count else { return nil }
        values = [Double](repeating: 0, count: count)
        values[shape.bias] = 1
    }

    /// Writes the outputs for `inputs`, in [0, 1], to the first elements of `outputs`.
    public mutating func evaluate(_ inputs: [Float], into outputs: inout [Float]) {
        require(inputs.count == shape.inputs, "NEATNetwork: \(shape.inputs) inputs, found \(inputs.count)")
        for i in inputs.indices { values[i] = Double(inputs[i]) }
        values.withUnsafeMutableBufferPointer { values in
            var start = 0
            for (node, end) in order {
                var sum = 0.0
                for index in start..<end { sum += edges[index].weight * values[edges[index].source] }
                values[node] = 1 / (1 + exp(-4.9 * sum))
                start = end
            }
        }
        for (index, node) in shape.outputNodes.enumerated() { outputs[index] = Float(values[node]) }
    }
}
