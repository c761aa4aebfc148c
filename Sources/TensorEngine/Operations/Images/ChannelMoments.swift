import CKernels
import Kernels
import Preconditions

/// The mean and the mean squared deviation from it of each channel (the innermost axis), over all else; not tracked.
public struct ChannelMoments: Sendable {
    /// Each [channels].
    public let mean, variance: Tensor
    /// The values of each channel that they are of.
    public let rows: Int
    /// Synchronizes the moments of a batch that is distributed over processes; nil for those of this process alone.
    let synchronization: (any BatchSynchronization)?

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
        synchronization = nil
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

    /// The moments of the batch of which `x` is this process's part; the same bits on all. *Collective.*
    ///
    /// n = Σ nᵢ, μ = Σ nᵢ·μᵢ / n and σ² = Σ nᵢ·(σᵢ² + (μᵢ - μ)²) / n, in Float64 and in the order of the processes.
    /// Source: Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
    public init(of x: Tensor, synchronizedBy synchronization: any BatchSynchronization) {
        let own = ChannelMoments(of: x)
        let channels = x.shape.innermost
        let parts = synchronization.gather(
            [Double(own.rows)] + own.mean.values.map(Double.init) + own.variance.values.map(Double.init))
        let count = parts.reduce(0) { $0 + $1[0] }
        let means = (0..<channels).map { channel in parts.reduce(0) { $0 + $1[0] * $1[1 + channel] } / count }
        let variances = (0..<channels).map { channel in
            parts.reduce(0) { sum, part in
                let distance = part[1 + channel] - means[channel]
                return sum + part[0] * (part[1 + channels + channel] + distance * distance)
            } / count
        }
        (mean, variance) = (Tensor(means.map { Float($0) }), Tensor(variances.map { Float($0) }))
        rows = Int(count)
        self.synchronization = synchronization
    }
}
