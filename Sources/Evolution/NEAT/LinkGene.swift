/// A link of a genome.
public struct LinkGene: Sendable, Equatable {
    /// The historical marking: links of one innovation are the same link.
    public let innovation: Int
    /// The numbers of the nodes that it joins.
    public let source, target: Int
    public internal(set) var weight: Double
    public internal(set) var isEnabled: Bool

    package init(innovation: Int, source: Int, target: Int, weight: Double, isEnabled: Bool) {
        (self.innovation, self.source, self.target) = (innovation, source, target)
        (self.weight, self.isEnabled) = (weight, isEnabled)
    }

    var saved: [Double] { [Double(innovation), Double(source), Double(target), weight, isEnabled ? 1 : 0] }
}
