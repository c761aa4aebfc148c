/// The draws of Markov chains from a posterior.
public struct PosteriorDraws: Sendable {
    /// A quantity that was drawn.
    public struct Quantity: Sendable {
        /// Such as `theta[3]`.
        public let name: String
        /// The draws of each chain, in their order; empty for a quantity that has numbers only.
        public let chains: [[Float]]
        /// The mean, the standard deviation and the quantiles 5 %, 50 % and 95 % over all chains.
        public let mean, deviation, low, median, high: Double
        /// The split R-hat, and the effective sample sizes of the bulk and of the tails.
        public let rHat, bulkESS, tailESS: Double

        /// A quantity with its summary.
        public init(
            name: String, chains: [[Float]], mean: Double, deviation: Double, low: Double, median: Double, high: Double,
            rHat: Double, bulkESS: Double, tailESS: Double
        ) {
            (self.name, self.chains, self.mean, self.deviation) = (name, chains, mean, deviation)
            (self.low, self.median, self.high) = (low, median, high)
            (self.rHat, self.bulkESS, self.tailESS) = (rHat, bulkESS, tailESS)
        }
    }

    /// The most quantities whose draws are shown.
    public static let mostDrawn = 24

    /// The number of chains, and of the draws of each.
    public let chains, draws: Int
    /// All quantities, in their order.
    public let quantities: [Quantity]

    /// The draws of these quantities.
    public init(chains: Int, draws: Int, quantities: [Quantity]) {
        (self.chains, self.draws, self.quantities) = (chains, draws, quantities)
    }
}
