/// The parameters of NEAT.
///
/// Defaults are those of Stanley and Miikkulainen, 2002, section 4.1, with 0.3 for new links, which they give for large
/// populations; the bounds of weights, which they do not state, are their program's 2.5, and 8.
public struct NEATParameters: Sendable {
    /// Members of a generation.
    public var population = 150
    /// c1, c2 and c3 of the compatibility distance, and the distance up to which two genomes are of one species.
    public var excessCoefficient = 1.0, disjointCoefficient = 1.0, weightCoefficient = 0.4
    public var compatibilityThreshold = 3.0
    /// Generations without a better champion after which a species has no offspring.
    public var stagnation = 15
    /// The share of offspring whose weights change; of their weights, the share that is drawn anew.
    public var weightMutation = 0.8, weightReplacement = 0.1
    /// The largest change of a weight, and the largest new one.
    public var weightPower = 2.5
    /// The bound of the size of a weight.
    public var weightLimit = 8.0
    /// The shares of offspring that get a link, a node.
    public var linkMutation = 0.3, nodeMutation = 0.03
    /// The share of offspring without a second parent, and of the others that with one of another species.
    public var cloneShare = 0.25, interspeciesShare = 0.001
    /// The probability that a gene is disabled that is so in either parent.
    public var disabledShare = 0.75
    /// The share of a species that has offspring.
    public var survivors = 0.2
    /// The most links of a genome.
    public var linkLimit = 200

    public init() {}
}
