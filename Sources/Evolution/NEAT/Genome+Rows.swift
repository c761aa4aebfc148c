extension Genome {
    /// Numbers of a row of `rows`.
    public static let rowSize = 4

    /// The links as rows of source, target, weight and whether it is enabled, [limit, 4], with rows of -1 after the last.
    public func rows(limit: Int) -> [Float] {
        let rows = links.prefix(limit).flatMap { link -> [Float] in
            [
                Float(link.source), Float(link.target), Float(link.weight), link.isEnabled ? 1 : 0,
            ]
        }
        return rows + [Float](repeating: -1, count: limit * Self.rowSize - rows.count)
    }

    /// The genome of such rows, its links numbered in their order; nil where they are none of a network of this shape.
    public init?(rows: [Float], _ shape: NetworkShape) {
        var links: [LinkGene] = []
        for start in stride(from: 0, to: rows.count - Self.rowSize + 1, by: Self.rowSize) where rows[start] >= 0 {
            // nodes are numbered exactly below 2²⁴
            guard let source = Int(exactly: rows[start]), let target = Int(exactly: rows[start + 1]),
                max(source, target) < 1 << 24, target > shape.inputs, rows[start + 2].isFinite
            else { return nil }
            links.append(
                LinkGene(
                    innovation: links.count, source: source, target: target, weight: Double(rows[start + 2]),
                    isEnabled: rows[start + 3] == 1))
        }
        self.init(links: links)
        guard NEATNetwork(self, shape) != nil else { return nil }
    }
}
