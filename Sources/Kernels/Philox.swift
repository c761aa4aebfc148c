import CKernels
import Preconditions

/// What random numbers are for; each purpose has a sequence of its own.
public enum RandomPurpose: UInt32, Sendable {
    case initialization = 1
    case permutation = 2
    case dropout = 3
    case augmentation = 4
    case sampling = 5
    case testSplit = 9
    case search = 10
    case compression = 20
    case gradientNoise = 21
    case test = 255
}

/// A counter-based random number generator, Philox4x32-10: any place of any sequence is computed without those before it.
///
/// A sequence is named by (seed, purpose, stream); a rank number is never part of the name.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
public struct PhiloxGenerator: RandomNumberGenerator, Sendable {
    private let seed: UInt64
    private let purpose: UInt32
    private let stream: UInt64
    private var block: UInt32 = 0
    private var pending: [UInt32] = []

    /// The sequence (seed, purpose, stream), from its beginning.
    public init(seed: UInt64, purpose: RandomPurpose, stream: UInt64) {
        self.seed = seed
        self.purpose = purpose.rawValue
        self.stream = stream
        pending.reserveCapacity(4)
    }

    /// The next 32 random bits.
    public mutating func nextWord() -> UInt32 {
        if let word = pending.popLast() { return word }
        let counter: [UInt32] = [block, purpose, UInt32(truncatingIfNeeded: stream), UInt32(stream >> 32)]
        var words: [UInt32] = [0, 0, 0, 0]
        lockstep_philox(seed, counter, &words)
        require(block < .max, "PhiloxGenerator: a sequence ends after 2³⁴ words")
        block += 1
        pending.append(contentsOf: words.reversed().dropLast())
        return words[0]
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let low = nextWord()
        return UInt64(nextWord()) << 32 | UInt64(low)
    }

    /// A number in [0, 1), a multiple of 2⁻²⁴.
    public mutating func uniform() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

    /// Fills `elements` with numbers of the uniform distribution over [low, high).
    public mutating func fill(_ elements: UnsafeMutableBufferPointer<Float>, uniformIn range: ClosedRange<Float>) {
        let width = range.upperBound - range.lowerBound
        for i in elements.indices { elements[i] = range.lowerBound + width * uniform() }
    }

    /// Fills `elements` with numbers of the normal distribution of the given mean and standard deviation.
    ///
    /// Source: Box and Muller, 1958, in Float64.
    public mutating func fill(_ elements: UnsafeMutableBufferPointer<Float>, mean: Float, deviation: Float) {
        var i = 0
        while i < elements.count {
            let radius = (-2 * logarithm((Double(nextWord()) + 1) * 0x1p-32)).squareRoot()
            let (sine, cosine) = sineAndCosine(2 * .pi * Double(nextWord()) * 0x1p-32)
            elements[i] = mean + deviation * Float(radius * cosine)
            if i + 1 < elements.count { elements[i + 1] = mean + deviation * Float(radius * sine) }
            i += 2
        }
    }
}
