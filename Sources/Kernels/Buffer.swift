import CKernels
import Preconditions

/// `count` Float32 elements at a fixed address: pooled memory of its own, or memory of another object.
///
/// Its content may be written by whoever made it until it is handed on; after that it is read only, except for the
/// slices of an arena, which have one owner. That is what `@unchecked Sendable` rests on.
public final class Buffer: @unchecked Sendable {
    /// The elements. Owned by this buffer, or by another object; valid while the buffer lives.
    public let pointer: UnsafeMutablePointer<Float>
    /// The number of elements.
    public let count: Int
    private let sizeClass: Int
    /// Keeps memory alive that this buffer does not own.
    private let owner: AnyObject?
    /// Whether its own memory is freed in the end instead of going back to the pool: for sizes that are not used again.
    public var returnsToSystem = false

    /// A buffer of `count` elements with arbitrary content, aligned to 64 bytes.
    public init(count: Int) {
        require(count >= 0, "Buffer: the count must not be negative, found \(count)")
        self.count = count
        (pointer, sizeClass) = BufferPool.shared.allocate(sizeClass: BufferPool.sizeClass(for: count))
        owner = nil
    }

    /// The elements `range` of `parent`, which lives as long as the slice.
    public init(sliceOf parent: Buffer, _ range: Range<Int>) {
        require(
            range.lowerBound >= 0 && range.upperBound <= parent.count,
            "Buffer: the slice \(range) is outside 0..<\(parent.count)")
        count = range.count
        sizeClass = 0
        pointer = parent.pointer + range.lowerBound
        owner = parent
    }

    /// A buffer over memory that `owner` keeps, aligned to 64 bytes.
    public init(_ pointer: UnsafeMutablePointer<Float>, count: Int, owner: AnyObject) {
        (self.pointer, self.count, self.owner) = (pointer, count, owner)
        sizeClass = 0
    }

    /// A buffer of `count` times `value`.
    public convenience init(repeating value: Float, count: Int) {
        self.init(count: count)
        pointer.update(repeating: value, count: count)
    }

    deinit {
        guard owner == nil else { return }
        if returnsToSystem {
            BufferPool.shared.free(pointer, sizeClass: sizeClass)
        } else {
            BufferPool.shared.recycle(pointer, sizeClass: sizeClass)
        }
    }

    /// The elements as a collection; valid while the buffer lives.
    public var elements: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: pointer, count: count) }

    /// A 64-bit hash of the elements' bits; a change of any one element changes it.
    public var bitHash: UInt64 {
        pointer.withMemoryRebound(to: UInt32.self, capacity: count) { lockstep_hash($0, count) }
    }

    /// The elements of as many cache lines of 64 bytes as `count` elements need.
    package static func wholeLines(_ count: Int) -> Int { (count + 15) / 16 * 16 }
}
