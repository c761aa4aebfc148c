/// Priorities above 0, and the sums that draws among them take: a binary tree.
public struct PriorityTree: Sendable {
    /// Sums and largest values of the nodes, the root at 1; the leaves are the second half.
    private var sums, maxima: [Double]
    private let leaves: Int

    /// `count` priorities of 0.
    public init(count: Int) {
        var leaves = 1
        while leaves < count { leaves *= 2 }
        self.leaves = leaves
        sums = [Double](repeating: 0, count: 2 * leaves)
        maxima = sums
    }

    /// The sum of all priorities.
    public var total: Double { sums[1] }
    /// The largest of them.
    public var largest: Double { maxima[1] }

    /// A priority.
    public subscript(index: Int) -> Double { sums[leaves + index] }

    /// Sets a priority. Sums follow from the leaves alone, not from what they were before.
    public mutating func set(_ index: Int, to value: Double) {
        var node = leaves + index
        (sums[node], maxima[node]) = (value, value)
        while node > 1 {
            node /= 2
            sums[node] = sums[2 * node] + sums[2 * node + 1]
            maxima[node] = max(maxima[2 * node], maxima[2 * node + 1])
        }
    }

    /// The index at which the sum of the priorities up to it is above `number`, in 0 ..< total.
    public func find(_ number: Double) -> Int {
        var (node, rest) = (1, number)
        while node < leaves {
            node *= 2
            if rest >= sums[node], sums[node + 1] > 0 {
                rest -= sums[node]
                node += 1
            }
        }
        return node - leaves
    }
}
