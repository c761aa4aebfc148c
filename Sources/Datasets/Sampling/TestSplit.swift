import Kernels
import Preconditions

/// Which of some samples are trained on and which are tested on: a function of the seed, the same on every rank.
public struct TestSplit: Sendable, Equatable {
    /// The samples' numbers, rising.
    public let training, test: [Int]

    /// A split of `count` samples, of which the fraction `testFraction` (rounded, in [0, 1)) is for testing.
    public init(count: Int, testFraction: Double, seed: UInt64) {
        self.init(Self.membership(count: count, testFraction: testFraction, seed: seed))
    }

    /// Whether each of `count` samples is for testing.
    package static func membership(count: Int, testFraction: Double, seed: UInt64) -> [Bool] {
        require(
            count >= 0 && count <= UInt32.max && testFraction >= 0 && testFraction < 1,
            "TestSplit: found \(count) samples and the fraction \(testFraction)")
        let samples = shuffled(count, seed)
        var isTest = [Bool](repeating: false, count: count)
        for sample in samples.prefix(Int((Double(count) * testFraction).rounded())) { isTest[Int(sample)] = true }
        return isTest
    }

    private init(_ isTest: [Bool]) {
        (training, test) = (isTest.indices.filter { !isTest[$0] }, isTest.indices.filter { isTest[$0] })
    }

    private static func shuffled(_ count: Int, _ seed: UInt64) -> [UInt32] {
        var samples = Array(0..<UInt32(count))
        var random = PhiloxGenerator(seed: seed, purpose: .testSplit, stream: 0)
        random.shuffle(&samples)
        return samples
    }

    /// A split that gives each class its part, as far as whole samples allow; `labels` holds a class for each sample.
    ///
    /// A class of one sample is trained on, and of each other at least one sample is. The parts are rounded by
    /// largest remainder, so that the whole is `testFraction` of all samples (rounded) where the classes allow it.
    /// Only which samples have equal labels counts, not the labels' values.
    public init(labels: [Int], testFraction: Double, seed: UInt64) {
        self.init(Self.membership(labels: labels, testFraction: testFraction, seed: seed))
    }

    /// Whether each of the samples with these labels is for testing, by classes.
    package static func membership(labels: [Int], testFraction: Double, seed: UInt64) -> [Bool] {
        require(
            labels.count <= UInt32.max && testFraction >= 0 && testFraction < 1,
            "TestSplit: found \(labels.count) samples and the fraction \(testFraction)")
        let samples = shuffled(labels.count, seed)
        // classes in order of their first sample in the shuffled order
        var numbers: [Int: Int] = [:]
        var sizes: [Int] = []
        for sample in samples {
            let next = sizes.count
            let number = numbers[labels[Int(sample)], default: next]
            if number == next {
                numbers[labels[Int(sample)]] = next
                sizes.append(0)
            }
            sizes[number] += 1
        }
        let wanted = Int((Double(labels.count) * testFraction).rounded())
        var tested = sizes.map { min($0 - 1, Int(Double($0) * testFraction)) }
        let remainders = sizes.indices.map { Double(sizes[$0]) * testFraction - Double(tested[$0]) }
        var rest = wanted - tested.reduce(0, +)
        var open = sizes.indices.sorted { (remainders[$0], $1) > (remainders[$1], $0) }
        while rest > 0 {
            open.removeAll { tested[$0] + 1 >= sizes[$0] }
            if open.isEmpty { break }
            for number in open.prefix(rest) { tested[number] += 1 }
            rest -= min(rest, open.count)
        }
        var isTest = [Bool](repeating: false, count: labels.count)
        for sample in samples {
            let number = numbers[labels[Int(sample)]] ?? 0
            guard tested[number] > 0 else { continue }
            tested[number] -= 1
            isTest[Int(sample)] = true
        }
        return isTest
    }
}
