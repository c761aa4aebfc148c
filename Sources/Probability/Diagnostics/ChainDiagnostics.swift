import Foundation

/// Convergence diagnostics of one quantity in several chains, equal to ArviZ's.
///
/// Source: Vehtari, Gelman, Simpson, Carpenter, Bürkner, "Rank-normalization, folding, and localization: an improved R-hat for
/// assessing convergence of MCMC", 2021.
public struct ChainDiagnostics: Sendable, Equatable {
    /// The mean and the standard deviation of all draws.
    public let mean, deviation: Double
    /// The larger of the rank-normalized split R-hat and that of the folded draws.
    public let rHat: Double
    /// The effective sample size for the location, and for the 5 % and 95 % quantiles.
    public let bulkESS, tailESS: Double
    /// The effective sample size for the mean.
    public let meanESS: Double
    /// The Monte Carlo standard error of the mean.
    public var meanMCSE: Double { deviation / meanESS.squareRoot() }

    /// The diagnostics of chains of equal length; NaN where they have fewer than 4 draws, or one that is not finite.
    /// - Parameter chains: the draws of each chain.
    public init(_ chains: [[Double]]) {
        let all = chains.flatMap { $0 }
        guard let length = chains.first?.count, length >= 4, chains.allSatisfy({ $0.count == length }),
            all.allSatisfy(\.isFinite)
        else {
            (mean, deviation, rHat, bulkESS, tailESS, meanESS) = (.nan, .nan, .nan, .nan, .nan, .nan)
            return
        }
        mean = Self.mean(all)
        deviation = Self.variance(all).squareRoot()
        let split = Self.split(chains)
        let middle = quantiles(all, [0.5])[0]
        let normalized = Self.rankNormalized(split)
        let folded = Self.rankNormalized(split.map { $0.map { abs($0 - middle) } })
        rHat = max(Self.rHat(normalized), Self.rHat(folded))
        bulkESS = Self.effectiveSize(normalized)
        meanESS = Self.effectiveSize(split)
        tailESS =
            quantiles(all, [0.05, 0.95]).map { quantile in
                Self.effectiveSize(split.map { $0.map { $0 <= quantile ? 1 : 0 } })
            }.min() ?? .nan
    }

    /// Halves of the chains; of an odd number of draws the middle one is left out.
    static func split(_ chains: [[Double]]) -> [[Double]] {
        chains.flatMap { [Array($0.prefix($0.count / 2)), Array($0.suffix($0.count / 2))] }
    }

    /// The normal quantiles of the draws' ranks among all, (r - 3/8) / (S + 1/4), with the mean rank for equal draws.
    static func rankNormalized(_ chains: [[Double]]) -> [[Double]] {
        let all = chains.flatMap { $0 }
        let order = all.indices.sorted { all[$0] < all[$1] }
        var scores = [Double](repeating: 0, count: all.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, all[order[end]] == all[order[start]] { end += 1 }
            let rank = Double(start + end + 1) / 2
            let score = normalQuantile((rank - 0.375) / (Double(all.count) + 0.25))
            for place in start..<end { scores[order[place]] = score }
            start = end
        }
        var rest = scores[...]
        return chains.map { chain in
            defer { rest = rest.dropFirst(chain.count) }
            return Array(rest.prefix(chain.count))
        }
    }

    /// √((B/W + n - 1)/n) of the variances between and within chains.
    static func rHat(_ chains: [[Double]]) -> Double {
        let count = Double(chains[0].count)
        let between = count * variance(chains.map(mean))
        let within = mean(chains.map(variance))
        return ((between / within + count - 1) / count).squareRoot()
    }

    /// The effective sample size, by Geyer's initial monotone sequence of autocorrelations.
    static func effectiveSize(_ chains: [[Double]]) -> Double {
        let (length, total) = (chains[0].count, Double(chains.count * chains[0].count))
        // ArviZ: a constant quantity has all its draws
        let all = chains.flatMap { $0 }
        guard let low = all.min(), let high = all.max(), high - low >= 1e-15 else { return total }
        let means = chains.map(mean)
        func covariance(_ lag: Int) -> Double {
            var sum = 0.0
            for (chain, mean) in zip(chains, means) {
                for index in 0..<(length - lag) { sum += (chain[index] - mean) * (chain[index + lag] - mean) }
            }
            return sum / total
        }
        let size = Double(length)
        let within = covariance(0) * size / (size - 1)
        let whole = within * (size - 1) / size + (chains.count > 1 ? variance(means) : 0)
        func correlation(_ lag: Int) -> Double { 1 - (within - covariance(lag)) / whole }

        var correlations = [Double](repeating: 0, count: length + 2)
        correlations[0] = 1
        var (even, odd, lag) = (1.0, correlation(1), 1)
        correlations[1] = odd
        while lag < length - 3 && even + odd > 0 {
            (even, odd) = (correlation(lag + 1), correlation(lag + 2))
            if even + odd >= 0 { (correlations[lag + 1], correlations[lag + 2]) = (even, odd) }
            lag += 2
        }
        let last = lag - 2
        if even > 0 { correlations[last + 1] = even }
        lag = 1
        while lag <= last - 2 {
            let before = correlations[lag - 1] + correlations[lag]
            if correlations[lag + 1] + correlations[lag + 2] > before {
                correlations[lag + 1] = before / 2
                correlations[lag + 2] = before / 2
            }
            lag += 2
        }
        let time = -1 + 2 * correlations.prefix(last + 1).reduce(0, +) + correlations[last + 1]
        return total / max(time, 1 / log10(total))
    }

    static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// With n - 1 in the denominator.
    static func variance(_ values: [Double]) -> Double {
        let mean = mean(values)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }
}
