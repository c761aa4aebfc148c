import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Keeps freed memory by size for the next request, so that a training step in its steady state asks the system for
/// nothing. Thread-safe.
final class BufferPool: Sendable {
    static let shared = BufferPool()

    /// Memory that no buffer uses now, by size class.
    private let unused = Mutex<[Int: [FreeMemory]]>([:])
    private let systemAllocationCount = Atomic<Int>(0)
    private let systemByteCount = Atomic<Int>(0)

    /// A block that the pool owns; handed to one buffer at a time.
    private struct FreeMemory: @unchecked Sendable {
        let pointer: UnsafeMutablePointer<Float>
    }

    /// How many blocks were asked of the system so far, and their bytes.
    var statistics: (allocations: Int, bytes: Int) {
        (systemAllocationCount.load(ordering: .relaxed), systemByteCount.load(ordering: .relaxed))
    }

    /// The smallest size class that holds `count` elements: sixteen classes to each doubling, at least one cache line.
    static func sizeClass(for count: Int) -> Int {
        let lines = max(1, (count + 15) / 16)
        guard lines > 32 else { return lines * 16 }
        let step = 1 << (Int.bitWidth - lines.leadingZeroBitCount - 5)
        return (lines + step - 1) / step * step * 16
    }

    /// Memory for `sizeClass` elements, aligned to a cache line, with arbitrary content; give it back with `recycle`.
    func take(sizeClass: Int) -> UnsafeMutablePointer<Float> {
        if let reused = unused.withLock({ $0[sizeClass]?.popLast() }) { return reused.pointer }
        let bytes = sizeClass * MemoryLayout<Float>.stride
        guard let raw = aligned_alloc(64, bytes) else {
            fatalError(
                "out of memory: \(bytes) bytes were asked for; use a smaller global batch or model, or more shards")
        }
        systemAllocationCount.add(1, ordering: .relaxed)
        systemByteCount.add(bytes, ordering: .relaxed)
        return raw.bindMemory(to: Float.self, capacity: sizeClass)
    }

    /// Memory from `take` that the system gets again.
    func giveBack(_ pointer: UnsafeMutablePointer<Float>, sizeClass: Int) {
        free(pointer)
        systemByteCount.subtract(sizeClass * MemoryLayout<Float>.stride, ordering: .relaxed)
    }

    /// Memory from `take` that the next one may have.
    func recycle(_ pointer: UnsafeMutablePointer<Float>, sizeClass: Int) {
        let memory = FreeMemory(pointer: pointer)
        unused.withLock { $0[sizeClass, default: []].append(memory) }
    }
}

/// How much memory the buffers of this process have asked of the system.
public struct BufferStatistics: Sendable, Equatable {
    /// Blocks taken from the system since the process began; it stands still in the steady state.
    public let systemAllocations: Int
    /// Bytes in those of them that the system has not got again.
    public let systemBytes: Int

    /// The figures as of now.
    public static var current: BufferStatistics {
        let (allocations, bytes) = BufferPool.shared.statistics
        return BufferStatistics(systemAllocations: allocations, systemBytes: bytes)
    }
}
