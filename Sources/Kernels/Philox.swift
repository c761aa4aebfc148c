import CKernels
import Preconditions

/// What random numbers are for: the numbers of one purpose are independent of those of every other, for the same seed.
///
/// Lockstep's own purposes have the numbers 0 to 63 and 192 to 255; `custom` gives those in between.
public struct RandomPurpose: Hashable, Sendable {
    /// One byte.
    package let rawValue: UInt32

    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Initial weights.
    public static let initialization = RandomPurpose(1)
    /// The order of samples in an epoch.
    public static let permutation = RandomPurpose(2)
    /// Forward passes: dropout and noise.
    public static let forwardPass = RandomPurpose(3)
    /// Random changes of images.
    public static let augmentation = RandomPurpose(4)
    /// Random crops, angles and colors of images.
    public static let imageDistortion = RandomPurpose(6)
    /// Positions of crops of images.
    public static let imageCrop = RandomPurpose(7)
    /// Drawing tokens and other samples from a model.
    public static let sampling = RandomPurpose(5)
    /// Which samples are test samples.
    public static let testSplit = RandomPurpose(9)
    /// Draws of a hyperparameter search.
    public static let search = RandomPurpose(10)
    /// Start vectors of gradient compression.
    public static let compression = RandomPurpose(20)
    /// Noise on gradients, for differential privacy.
    public static let gradientNoise = RandomPurpose(21)
    /// Noise on the inputs of predictions that are explained.
    public static let explanation = RandomPurpose(22)
    /// Draws that make classes equally likely.
    public static let classBalance = RandomPurpose(23)
    /// Mutation and crossover of genomes.
    public static let evolution = RandomPurpose(24)
    /// Tests.
    public static let test = RandomPurpose(255)

    /// A purpose of your own, with a number in 0..<128.
    public static func custom(_ number: Int) -> RandomPurpose {
        require((0..<128).contains(number), "RandomPurpose: the number must be in 0..<128, found \(number)")
        return RandomPurpose(64 + UInt32(number))
    }
}

/// A counter-based random number generator, Philox4x32-10.
///
/// A sequence is keyed by (seed, purpose, stream); a rank number is never part of the key.
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
