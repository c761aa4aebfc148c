extension Communicator {
    /// The root's bytes, on every rank; only the root needs to know how many there are.
    ///
    /// *Collective: every rank, in the same order*, with the same root. The argument counts on the root only.
    public func broadcast(_ bytes: [UInt8], from root: Int) throws -> [UInt8] {
        var count = UInt64(bytes.count)
        try withUnsafeMutableBytes(of: &count) { try broadcast($0, from: root) }
        var result = rank == root ? bytes : [UInt8](repeating: 0, count: Int(count))
        try result.withUnsafeMutableBytes { try broadcast($0, from: root) }
        return result
    }

    /// The root's text, on every rank.
    ///
    /// *Collective: every rank, in the same order*, with the same root. The argument counts on the root only.
    public func broadcast(_ text: String, from root: Int) throws -> String {
        String(decoding: try broadcast(Array(text.utf8), from: root), as: UTF8.self)
    }

    /// The value of every rank, by rank.
    ///
    /// *Collective: every rank, in the same order.*
    public func allGather(_ value: UInt64) throws -> [UInt64] {
        try allGather(withUnsafeBytes(of: value) { Array($0) }).map { bytes in
            bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        }
    }

    /// The values of every rank, by rank; there may be different numbers of them.
    ///
    /// *Collective: every rank, in the same order.*
    public func allGather(_ values: [UInt64]) throws -> [[UInt64]] {
        try allGather(values.withUnsafeBytes { Array($0) }).map { bytes in
            bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
        }
    }

    /// The values of every rank, by rank; there may be different numbers of them.
    ///
    /// *Collective: every rank, in the same order.*
    public func allGather(_ values: [Double]) throws -> [[Double]] {
        try allGather(values.withUnsafeBytes { Array($0) }).map { bytes in
            bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
        }
    }

    /// Whether the condition holds on every rank.
    ///
    /// *Collective: every rank, in the same order.*
    public func all(_ condition: Bool) throws -> Bool { try allGather(condition ? 1 : 0).allSatisfy { $0 == 1 } }

    /// The element-wise sums over all ranks, added in the order of the ranks: the same bits on every rank.
    ///
    /// *Collective: every rank, in the same order.* Throws `CommunicationError.unequalCounts` on every rank if the ranks
    /// give different numbers of values. Meant for a few sums and counts, not for gradients.
    public func sum(_ values: [Double]) throws -> [Double] {
        let all = try allGather(values)
        guard all.allSatisfy({ $0.count == values.count }) else {
            throw CommunicationError.unequalCounts(all.map(\.count))
        }
        return values.indices.map { index in all.reduce(0) { $0 + $1[index] } }
    }
}
