import Foundation
package import Machine

/// Sums that were to be measured would take more memory than a host has.
package struct MemoryExcess: Error, CustomStringConvertible {
    let size, ranks: Int
    let needed: Int
    let available: MemoryLimit

    /// What was asked for, what there is, and what to do.
    package var description: String {
        func gigabytes(_ bytes: Int) -> String { String(format: "%.2f GB", Double(bytes) / Double(1 << 30)) }
        return
            "gradients of \(ByteCount.text(size)) need \(gigabytes(needed)) with their copies and sums for \(ranks) \(ranks == 1 ? "rank" : "ranks") of a host, and \(available.source) has \(gigabytes(available.bytes)) left: give smaller ones with --sizes, or fewer ways with --paths"
    }
}

extension AllreduceBenchmark.Plan {
    /// Why the largest size does not fit into what a host of so many ranks has left; nil if it does.
    ///
    /// A rank has its gradients and memory to copy and sum them in; each path the gradients where training puts them,
    /// their sums, and as much as comes from other ranks.
    package func excess(ranks: Int, available: MemoryLimit) -> MemoryExcess? {
        guard let size = sizes.max() else { return nil }
        let sharing = available.isPerProcess ? 1 : ranks
        let (needed, overflows) = size.multipliedReportingOverflow(by: sharing * (2 + 3 * paths.count))
        guard overflows || needed > available.bytes else { return nil }
        return MemoryExcess(size: size, ranks: sharing, needed: overflows ? .max : needed, available: available)
    }
}
