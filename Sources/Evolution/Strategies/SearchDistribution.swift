import CKernels

/// A distribution over vectors that moves towards fit ones: an evolution strategy.
///
/// The candidate of a member is a function of (seed, generation, member) and of the distribution, so that every rank can
/// make the candidates of all: what ranks exchange are numbers of fitness alone.
public protocol SearchDistribution: Sendable {
    /// The number of members of a generation.
    var population: Int { get }
    /// The number of the generation, from 0.
    var generation: Int { get }
    /// The center of the distribution.
    var mean: [Double] { get }
    /// The step size: the standard deviation of a coordinate, the mean of them where they differ.
    var stepSize: Double { get }

    /// The vector of a member of this generation.
    func candidate(_ member: Int) -> [Double]

    /// Moves the distribution to the next generation.
    /// - Parameter fitness: that of each member, in their order; more is better, NaN is worst.
    mutating func update(_ fitness: [Double])

    /// All that changes, as numbers: as many in every generation.
    var saved: [Double] { get }
    /// Goes on where `saved` was taken; false where it is not of such a distribution.
    mutating func restore(_ saved: [Double]) -> Bool
}

/// Standard normal numbers of members, in Float32, keyed by (seed, generation, member).
package struct MemberNoise: Sendable {
    let seed: UInt64
    let dimension: Int

    package init(seed: UInt64, dimension: Int) { (self.seed, self.dimension) = (seed, dimension) }

    /// The numbers of `number` in a generation.
    package func draw(_ number: Int, generation: Int) -> [Float] {
        var noise = [Float](repeating: 0, count: dimension)
        fill(&noise, number, generation: generation)
        return noise
    }

    /// Writes them to `noise`, which is overwritten.
    func fill(_ noise: inout [Float], _ number: Int, generation: Int) {
        noise.withUnsafeMutableBufferPointer { noise in
            noise.update(repeating: 0)
            lockstep_add_noise(
                seed, 0x4800_0000, UInt32(truncatingIfNeeded: generation), UInt32(truncatingIfNeeded: number), 1,
                noise.baseAddress, noise.count)
        }
    }
}
