/// Immutable numbers, once for each host: this process's own, or in memory that its ranks share.
///
/// Made of an array or by a `HostArrayBuilder`; a `HostLoader` hands it to the other ranks of the host.
public struct HostArray<Element: BitwiseCopyable & Sendable>: RandomAccessCollection, Sendable {
    /// The memory.
    public let bytes: HostBytes
    /// How many numbers there are.
    public let count: Int
    // Valid as long as `bytes`.
    private nonisolated(unsafe) let base: UnsafePointer<Element>?

    /// The numbers in `bytes`, whose count must be a multiple of their size: nil if it is not.
    public init?(_ bytes: HostBytes) {
        let (count, rest) = bytes.count.quotientAndRemainder(dividingBy: MemoryLayout<Element>.stride)
        guard rest == 0 else { return nil }
        (self.bytes, self.count) = (bytes, count)
        base = bytes.start?.assumingMemoryBound(to: Element.self)
    }

    /// A copy of `elements`.
    public init(_ elements: some Collection<Element>) {
        let memory = UnsafeAllocation(bytes: elements.count * MemoryLayout<Element>.stride)
        let buffer = UnsafeMutableBufferPointer(
            start: memory.base.assumingMemoryBound(to: Element.self), count: elements.count)
        _ = buffer.initialize(fromContentsOf: elements)
        self.init(own: memory, count: elements.count)
    }

    init(own memory: UnsafeAllocation, count: Int) {
        bytes = HostBytes(own: memory, count: count * MemoryLayout<Element>.stride)
        (self.count, base) = (count, bytes.start?.assumingMemoryBound(to: Element.self))
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// `count`.
    public var endIndex: Int { count }

    /// The number at an index in `0..<count`.
    public subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "HostArray: an index is out of range")
        defer { withExtendedLifetime(bytes) {} }
        return base.unsafelyUnwrapped[index]
    }

    /// Calls `body` with the numbers, which are valid within the call.
    public func withUnsafeBufferPointer<Result>(
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result {
        defer { withExtendedLifetime(bytes) {} }
        return try body(UnsafeBufferPointer(start: base, count: count))
    }

    /// Fast paths of the standard library's algorithms.
    public func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result? { try withUnsafeBufferPointer(body) }
}
