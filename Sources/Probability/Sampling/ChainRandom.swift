import Foundation
import Kernels

/// The random numbers of one iteration of one chain, keyed by (seed, chain, iteration).
package struct ChainRandom {
    private var generator: PhiloxGenerator
    private var spare: Double?

    package init(seed: UInt64, chain: Int, iteration: Int) {
        generator = PhiloxGenerator(
            seed: seed, purpose: .sampling, stream: UInt64(chain) << 32 | UInt64(iteration))
    }

    /// A number in [0, 1), a multiple of 2⁻⁵³.
    package mutating func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

    /// A number of the standard normal distribution, by the method of Box and Muller (1958).
    package mutating func normal() -> Double {
        if let number = spare {
            spare = nil
            return number
        }
        let radius = (-2 * log(1 - uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }
}
