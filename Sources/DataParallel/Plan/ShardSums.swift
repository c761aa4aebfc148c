import Kernels
import Preconditions

/// The sums of a shard, or of all shards, that travel with the gradients: of the loss, of its terms, and of the ranks' requests.
public struct ShardSums: Sendable, Equatable {
    /// The sum of the loss over its terms.
    public var lossSum: Float
    /// The whole part of the number of terms: sums of whole numbers stay exact up to 2²⁴.
    public var wholeCount: Float
    /// What the number of terms, or the sum of their weights, is above or below `wholeCount`.
    public var fractionalCount: Float
    /// What is asked of all ranks.
    package var requests: StepRequests = []

    /// The sum of a loss over `count` terms, at least 0 and less than 2²⁴.
    public init(lossSum: Float = 0, count: Double) {
        require(
            count >= 0 && count < 0x1p24,
            "ShardSums: a shard has \(count) loss terms; at least 0 and less than 2²⁴ are possible")
        let whole = count.rounded()
        (self.lossSum, wholeCount, fractionalCount) = (lossSum, Float(whole), Float(count - whole))
    }

    /// The same, with what is asked of all ranks.
    init(lossSum: Float = 0, count: Double, requests: StepRequests) {
        self.init(lossSum: lossSum, count: count)
        self.requests = requests
    }

    /// The number of terms, or the sum of their weights.
    public var count: Double { Double(wholeCount) + Double(fractionalCount) }

    /// As elements of a gradient buffer.
    static let elementCount = 3 + StepRequests.elementCount
    var elements: [Float] { [lossSum, wholeCount, fractionalCount] + requests.elements }

    /// The sums at these elements.
    init(at elements: UnsafePointer<Float>) {
        (lossSum, wholeCount, fractionalCount) = (elements[0], elements[1], elements[2])
        requests = StepRequests(at: elements + 3)
    }
}
