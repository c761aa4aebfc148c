/// A metric of a part of a batch as a sum and a count, under a name: its mean over all parts is Σ sum / Σ count.
public struct NamedSum: Sendable, Equatable, Codable {
    /// The metric's name, such as `accuracy` or `kl`.
    public let name: String
    /// The sum over the terms.
    public var sum: Double
    /// The number of terms, or the sum of their weights.
    public var count: Double

    /// The sum of `count` terms under a name.
    public init(_ name: String, sum: Double, count: Double) { (self.name, self.sum, self.count) = (name, sum, count) }

    /// The mean over the terms; 0 when there are none.
    public var mean: Double { count > 0 ? sum / count : 0 }
}

extension [NamedSum] {
    /// The sums of several lists, added name by name in the order of the lists; names are in the order of their first appearance.
    ///
    /// A name may be absent from some lists.
    public static func total(of lists: some Sequence<[NamedSum]>) -> [NamedSum] {
        var totals: [NamedSum] = []
        var indexOfName: [String: Int] = [:]
        for term in lists.joined() {
            if let index = indexOfName[term.name] {
                totals[index].sum += term.sum
                totals[index].count += term.count
            } else {
                indexOfName[term.name] = totals.count
                totals.append(term)
            }
        }
        return totals
    }
}
