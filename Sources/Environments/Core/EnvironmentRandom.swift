import CKernels

/// The random numbers of one step of one environment: Philox4x32-10, keyed by (seed, purpose, environment, episode,
/// step).
public struct EnvironmentRandom: Sendable {
    /// What the numbers are for.
    public enum Purpose: UInt32, Sendable {
        /// The environment itself; the agent's actions.
        case dynamics = 0x4500_0000
        case action = 0x4600_0000
        /// Draws from a replay memory: the "environment" is the number of the draw, the "episode" the optimizer step.
        case replay = 0x4700_0000
    }

    private let seed: UInt64
    private var counter: (UInt32, UInt32, UInt32, UInt32)
    private var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    private var used = 4

    /// The sequence of this key, from its beginning.
    public init(seed: UInt64, environment: Int, episode: Int, step: Int, purpose: Purpose = .dynamics) {
        self.seed = seed
        counter = (
            purpose.rawValue, UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: episode),
            UInt32(truncatingIfNeeded: environment)
        )
    }

    /// The next 32 random bits.
    public mutating func nextWord() -> UInt32 {
        if used == 4 {
            withUnsafeBytes(of: counter) { counter in
                withUnsafeMutableBytes(of: &words) { words in
                    // both tuples live for the length of the call
                    lockstep_philox(
                        seed, counter.baseAddress!.assumingMemoryBound(to: UInt32.self),
                        words.baseAddress!.assumingMemoryBound(to: UInt32.self))
                }
            }
            counter.0 &+= 1
            used = 0
        }
        defer { used += 1 }
        switch used {
        case 0: return words.0
        case 1: return words.1
        case 2: return words.2
        default: return words.3
        }
    }

    /// A number in [0, 1), a multiple of 2⁻³².
    public mutating func uniform() -> Double { Double(nextWord()) * 0x1p-32 }

    /// A number of the uniform distribution over [low, high).
    public mutating func uniform(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// A whole number in 0 ..< bound.
    public mutating func below(_ bound: Int) -> Int { Int((UInt64(nextWord()) * UInt64(bound)) >> 32) }

    /// A number of the standard normal distribution. Source: Box and Muller, 1958.
    public mutating func normal() -> Double {
        let radius = (-2 * logarithm((Double(nextWord()) + 1) * 0x1p-32)).squareRoot()
        return radius * cosine(2 * .pi * uniform())
    }
}
