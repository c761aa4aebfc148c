import Kernels
import Preconditions

/// Which of some samples are trained on and which are tested on: a function of the seed, the same on every rank.
public struct TestSplit: Sendable, Equatable {
    /// The samples' numbers, rising.
    public let training, test: [Int]

    /// A split of `count` samples, of which the fraction `testFraction` (rounded, in [0, 1)) is for testing.
    public init(count: Int, testFraction: Double, seed: UInt64) {
        require(
            count >= 0 && testFraction >= 0 && testFraction < 1,
            "TestSplit: found \(count) samples and the fraction \(testFraction)")
        var samples = Array(0..<count)
        var random = PhiloxGenerator(seed: seed, purpose: .testSplit, stream: 0)
        random.shuffle(&samples)
        let tested = Int((Double(count) * testFraction).rounded())
        (training, test) = (samples[tested...].sorted(), samples[..<tested].sorted())
    }
}
