import CKernels
import Kernels
import Preconditions

/// The mean and the mean squared deviation from it of each channel (the innermost axis), over all else; not tracked.
public struct ChannelMoments: Sendable {
    /// Each [channels].
    public let mean, variance: Tensor
    /// The values of each channel that they are of.
    public let rows: Int
    /// Where the moments are those of all shards: what else is summed over the shards by.
    let exchange: (any ShardExchange)?

    /// The moments of `x`, which has at least one row.
    public init(of x: Tensor) {
        let (rows, channels) = (x.shape.outerCount, x.shape.innermost)
        require(rows > 0, "channel moments: there are no values in the shape \(x.shape)")
        let mean = Tensor(shape: [channels]) { _ in }
        variance = Tensor(shape: [channels]) {
            lockstep_channel_moments(x.buffer.pointer, rows, channels, mean.buffer.pointer, $0.baseAddress!)
        }
        self.mean = mean
        self.rows = rows
        exchange = nil
    }

    /// For each channel its mean, where it is so far from 0 that its rounding error is not small compared with √(variance + ε);
    /// elsewhere 0. Nil where that is no channel, the usual case. x minus this normalizes to the same values, without the error.
    package func offset(epsilon: Float) -> Tensor? { Self.offset(mean: mean, variance: variance, epsilon: epsilon) }

    /// The same, of a mean and a variance.
    package static func offset(mean: Tensor, variance: Tensor, epsilon: Float) -> Tensor? {
        let values = zip(mean.values, variance.values).map { mean, variance in
            mean * mean > outweighing * (variance + epsilon) ? mean : 0
        }
        return values.contains { $0 != 0 } ? Tensor(values) : nil
    }

    /// A mean of 64 deviations, squared: the sum of a block of 64 rows, in which each addition rounds, then errs by 2⁻¹² deviations
    /// at most.
    static let outweighing: Float = 4096

    /// The moments of the values of all shards, of which `x` has one shard's; the same bits on all. *Collective.*
    ///
    /// n = Σ nᵢ, μ = Σ nᵢ·μᵢ / n and σ² = Σ nᵢ·(σᵢ² + (μᵢ - μ)²) / n, in Float64 and in the order of the shards.
    /// Source: Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
    public init(of x: Tensor, over exchange: any ShardExchange) {
        let own = ChannelMoments(of: x)
        let channels = x.shape.innermost
        // a row of a shard: its number of rows in two parts, each exact in Float32, its means and its variances
        let width = 2 + 2 * channels
        let row = Tensor(shape: [1, width]) { elements in
            (elements[0], elements[1]) = (Float(own.rows >> 20), Float(own.rows & 0xf_ffff))
            _ = elements[2...].update(fromContentsOf: own.mean.buffer.elements)
            _ = elements[(2 + channels)...].update(fromContentsOf: own.variance.buffer.elements)
        }
        let gathered = exchange.allGather(rows: row).tensor
        let parts = gathered.buffer.elements
        let counts = (0..<gathered.shape[0]).map {
            Double(parts[$0 * width]) * 0x1p20 + Double(parts[$0 * width + 1])
        }
        let count = counts.reduce(0, +)
        let mean = Tensor(shape: [channels]) { _ in }
        variance = Tensor(shape: [channels]) { variances in
            for channel in 0..<channels {
                func value(_ shard: Int, _ offset: Int) -> Double { Double(parts[shard * width + offset + channel]) }
                let average = counts.indices.reduce(0) { $0 + counts[$1] * value($1, 2) } / count
                mean.buffer.pointer[channel] = Float(average)
                let deviations = counts.indices.reduce(0.0) { sum, shard in
                    let distance = value(shard, 2) - average
                    return sum + counts[shard] * (value(shard, 2 + channels) + distance * distance)
                }
                variances[channel] = Float(deviations / count)
            }
        }
        self.mean = mean
        rows = Int(count)
        self.exchange = exchange
    }
}
