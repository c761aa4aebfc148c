import Kernels
package import TensorEngine

/// Which party keeps and updates which parameters (ZeRO): of each bucket of gradients one part.
///
/// A party is a host whose ranks share the weights, or a rank that has its own. Source: Rajbhandari, Rasley, Ruwase,
/// He, "ZeRO: memory optimizations toward training trillion parameter models", 2020, stages 1 and 2.
package struct ZeroPartition {
    /// How many parties there are, and the number of this one.
    package let parties, party: Int
    /// Whether the party's gradients are given back outside of its parts as soon as they have been summed (stage 2).
    let releasesGradients: Bool
    let buckets: BucketPlan
    /// By bucket and party; nil for the bucket of running statistics and sums, which all have.
    private let parts: [[Range<Int>]?]
    private let wholeParameters: Bool
    private let parameterStarts: [Int]

    /// - Parameters:
    ///   - bucketBytes: how large a bucket may grow.
    ///   - wholeParameters: whether no parameter is divided.
    ///   - releasesGradients: stage 2 in place of stage 1.
    package init(
        _ arena: ParameterArena, trained: TrainedParts, bucketBytes: Int, parties: Int, party: Int,
        wholeParameters: Bool, releasesGradients: Bool
    ) {
        (self.parties, self.party, self.releasesGradients) = (parties, party, releasesGradients)
        self.wholeParameters = wholeParameters
        parameterStarts = arena.ranges.map(\.lowerBound)
        buckets = BucketPlan(arena: arena, trained: trained, bytes: bucketBytes, cut: arena.parameterEnd)
        let starts = wholeParameters ? parameterStarts : nil
        parts = buckets.buckets.enumerated().map { number, bucket in
            guard bucket.range.upperBound <= arena.parameterEnd else { return nil }
            let cuts = Self.cut(bucket.range, into: parties, at: starts)
            // so that parameters with a bucket of their own do not all have the same party
            return (0..<parties).map { cuts[($0 + number) % parties] }
        }
    }

    /// The parts of a bucket by party; nil where all have all of it.
    func parts(ofBucket bucket: Int) -> [Range<Int>]? { parts[bucket] }

    /// How many buckets there are.
    var bucketCount: Int { parts.count }

    /// The parts of this party.
    package var ownParts: [Range<Int>] { parts.compactMap { $0?[party] }.filter { !$0.isEmpty } }

    /// What of these a member of the party updates.
    package func parts(ofMember member: Int, of members: Int) -> [Range<Int>] {
        ownParts.map { part in
            Self.cut(part, into: members, at: wholeParameters ? parameterStarts : nil)[member]
        }.filter { !$0.isEmpty }
    }

    /// The pieces of `range` that lie in parts, in rising order, and whose they are.
    func pieces(of range: Range<Int>) -> [(party: Int, range: Range<Int>)] {
        // buckets fall with rising number
        var (low, high) = (0, parts.count)
        while low < high {
            let middle = (low + high) / 2
            if buckets.buckets[middle].range.lowerBound < range.upperBound { high = middle } else { low = middle + 1 }
        }
        let near = parts[low...].prefix(while: { $0.map { $0.contains { $0.upperBound > range.lowerBound } } ?? false })
        return near.compactMap { $0 }.flatMap { parts in
            parts.enumerated().map { (party: $0, range: $1.clamped(to: range)) }
        }.filter { !$0.range.isEmpty }.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// The pieces of a tensor, in rising order, and whose they are: those of no party, such as frozen weights, are the first's.
    package func pieces(ofTensor range: Range<Int>) -> [(party: Int, range: Range<Int>)] {
        var (all, end): ([(party: Int, range: Range<Int>)], Int) = ([], range.lowerBound)
        for piece in pieces(of: range) {
            if piece.range.lowerBound > end { all.append((0, end..<piece.range.lowerBound)) }
            all.append(piece)
            end = piece.range.upperBound
        }
        if end < range.upperBound { all.append((0, end..<range.upperBound)) }
        return all
    }

    /// `range` in `count` parts of about one size that begin at multiples of 16 elements, or at some of the rising
    /// `starts`.
    private static func cut(_ range: Range<Int>, into count: Int, at starts: [Int]?) -> [Range<Int>] {
        var start = range.lowerBound
        return (1...count).map { number in
            let wanted = range.lowerBound + range.count * number / count
            let next = starts.map { $0.first { $0 >= wanted } ?? .max } ?? Buffer.wholeLines(wanted)
            let end = number == count ? range.upperBound : max(start, min(next, range.upperBound))
            defer { start = end }
            return start..<end
        }
    }

    /// Gives back the memory of what others keep of a bucket that is summed: of the first buffer, whose sums stay, and
    /// of the others all.
    func releaseForeign(_ buffers: [Buffer], bucket: Int) {
        guard releasesGradients, let parts = parts[bucket] else { return }
        for (number, buffer) in buffers.enumerated() {
            for (party, part) in parts.enumerated() where number > 0 || party != self.party { buffer.release(part) }
        }
    }
}
