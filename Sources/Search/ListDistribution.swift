import Foundation
import Kernels
import Training

/// A random list of integers, such as the units of hidden layers: the length is uniform, each element log-uniform.
struct ListDistribution: Sendable, Equatable {
    let lengths: ClosedRange<Int>
    let low, high: Int

    /// Reads `list:SHORTEST:LONGEST:LOW:HIGH`; nil when `text` does not begin so.
    init?(_ text: String, key: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard parts[0] == "list", parts.count > 1 else { return nil }
        let numbers = parts.dropFirst().compactMap { Int($0) }
        guard parts.count == 5, numbers.count == 4, numbers[0] >= 0, numbers[1] >= max(1, numbers[0]),
            numbers[1] <= 1000, numbers[2] >= 1, numbers[3] >= numbers[2], numbers[3] <= 1 << 40
        else {
            throw SearchError.badDistribution(
                text, key: key,
                requirement:
                    "list:SHORTEST:LONGEST:LOW:HIGH, such as list:1:4:16:256 for lists of 1 to 4 integers from 16 to 256"
            )
        }
        (lengths, low, high) = (numbers[0]...numbers[1], numbers[2], numbers[3])
    }

    /// The shortest list of the least elements, the longest one of the greatest.
    var bounds: [String] {
        [
            text([Int](repeating: low, count: lengths.lowerBound)),
            text([Int](repeating: high, count: lengths.upperBound)),
        ]
    }

    private func text(_ list: [Int]) -> String { "[" + list.map(String.init).joined(separator: ", ") + "]" }

    private func element(_ random: inout PhiloxGenerator) -> Int {
        let (from, to) = (log(Double(low)), log(Double(high) + 1))
        return min(max(Int(exp(from + random.fraction() * (to - from))), low), high)
    }

    /// A random list.
    func drawn(_ random: inout PhiloxGenerator) -> String {
        let length = lengths.lowerBound + random.below(lengths.count)
        return text((0..<length).map { _ in element(&random) })
    }

    /// The list with an element more, less or changed.
    func mutated(_ value: String, _ random: inout PhiloxGenerator) -> String {
        var list = value.split { !$0.isNumber }.compactMap { Int($0) }
        let kind = random.below(3)
        if list.isEmpty || kind == 0 && list.count < lengths.upperBound {
            list.insert(element(&random), at: random.below(list.count + 1))
        } else if kind == 1 && list.count > lengths.lowerBound {
            list.remove(at: random.below(list.count))
        } else {
            list[random.below(list.count)] = element(&random)
        }
        return text(list)
    }
}
