import Preconditions
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A pool of freed memory by size, so that a training step in its steady state allocates nothing from the system.
/// Thread-safe.
///
/// Where the shapes change from step to step, the pool doesn't grow with their number: whenever it has asked the system for
/// memory, the free blocks have at most `mostUnused` times the bytes that were ever in use at once. So all that it holds is
/// at most `1 + mostUnused` times those. Near that bound a larger block is used before the system is asked.
package final class BufferPool: Sendable {
    static let shared = BufferPool()

    /// Free memory, in units of the most that was in use at once, beyond which some goes back to the system.
    package static let mostUnused = 2

    package init() {}

    private let blocks = Mutex(Blocks())
    private let systemAllocationCount = Atomic<Int>(0)

    /// A block that the pool owns; handed to one buffer at a time.
    private struct FreeMemory: @unchecked Sendable {
        let pointer: UnsafeMutablePointer<Float>
    }

    /// The blocks that no buffer uses now, by number of their size class, and the bytes of these and of those that are used.
    private struct Blocks {
        private var unused: [[FreeMemory]] = []
        var unusedBytes = 0
        var usedBytes = 0
        var mostUsedBytes = 0

        private var isFull: Bool { unusedBytes > mostUnused * mostUsedBytes }

        /// A free block of `sizeClass` elements, which counts as used then; where there is too much free memory already, one
        /// of up to twice as many will do.
        mutating func reuse(sizeClass: Int) -> (FreeMemory, sizeClass: Int)? {
            var candidate = sizeClass
            let largest = isFull ? 2 * sizeClass : sizeClass
            while candidate <= largest {
                let number = classNumber(candidate)
                if number < unused.count, let memory = unused[number].popLast() {
                    unusedBytes -= bytes(candidate)
                    use(candidate)
                    return (memory, candidate)
                }
                candidate = BufferPool.sizeClass(for: candidate + 1)
            }
            return nil
        }

        mutating func use(_ sizeClass: Int) {
            usedBytes += bytes(sizeClass)
            mostUsedBytes = max(mostUsedBytes, usedBytes)
        }

        /// Counts a block that was used as free.
        mutating func recycle(_ memory: FreeMemory, sizeClass: Int) {
            let number = classNumber(sizeClass)
            while unused.count <= number { unused.append([]) }
            unused[number].append(memory)
            usedBytes -= bytes(sizeClass)
            unusedBytes += bytes(sizeClass)
        }

        /// Removes free blocks, the largest first, until as many are left as `mostUnused` permits.
        mutating func excess() -> [FreeMemory] {
            var excess: [FreeMemory] = []
            while isFull, let largest = unused.lastIndex(where: { !$0.isEmpty }) {
                excess.append(unused[largest].removeLast())
                unusedBytes -= bytes(sizeClass(numbered: largest))
            }
            return excess
        }
    }

    private static func bytes(_ sizeClass: Int) -> Int { sizeClass * MemoryLayout<Float>.stride }

    /// The blocks allocated from the system so far, and the bytes that are held.
    package var statistics: (allocations: Int, bytes: Int) {
        (systemAllocationCount.load(ordering: .relaxed), blocks.withLock { $0.usedBytes + $0.unusedBytes })
    }

    /// The most bytes that were in use at once.
    package var mostUsedBytes: Int { blocks.withLock { $0.mostUsedBytes } }

    /// The smallest size class that holds `count` elements: sixteen classes to each doubling, at least one cache line.
    package static func sizeClass(for count: Int) -> Int {
        let lines = max(1, (count + 15) / 16)
        guard lines > 32 else { return lines * 16 }
        let step = 1 << (Int.bitWidth - lines.leadingZeroBitCount - 5)
        return (lines + step - 1) / step * step * 16
    }

    /// The place of a size class among all, from 1 for the smallest.
    package static func classNumber(_ sizeClass: Int) -> Int {
        let lines = sizeClass / 16
        guard lines > 32 else { return lines }
        let doublings = Int.bitWidth - lines.leadingZeroBitCount - 5
        return 16 * doublings + lines >> doublings
    }

    /// The size class with the place `number`.
    package static func sizeClass(numbered number: Int) -> Int {
        guard number > 32 else { return number * 16 }
        let doublings = (number - 1) / 16 - 1
        return (number - 16 * doublings) << doublings * 16
    }

    /// Memory for at least `sizeClass` elements, aligned to a cache line, with arbitrary content, and its own size class;
    /// give it back with `recycle`.
    package func allocate(sizeClass: Int) -> (pointer: UnsafeMutablePointer<Float>, sizeClass: Int) {
        if let (memory, found) = blocks.withLock({ $0.reuse(sizeClass: sizeClass) }) { return (memory.pointer, found) }
        let bytes = Self.bytes(sizeClass)
        guard let raw = aligned_alloc(64, bytes) else {
            exitWithError(
                "out of memory: \(bytes) bytes were asked for; use a smaller global batch or model, or more shards")
        }
        systemAllocationCount.add(1, ordering: .relaxed)
        let excess = blocks.withLock { blocks in
            blocks.use(sizeClass)
            return blocks.excess()
        }
        for memory in excess { Glibc.free(memory.pointer) }
        return (raw.bindMemory(to: Float.self, capacity: sizeClass), sizeClass)
    }

    /// Gives memory from `allocate` back to the system.
    func free(_ pointer: UnsafeMutablePointer<Float>, sizeClass: Int) {
        Glibc.free(pointer)
        blocks.withLock { $0.usedBytes -= Self.bytes(sizeClass) }
    }

    /// Keeps memory from `allocate` for later requests.
    package func recycle(_ pointer: UnsafeMutablePointer<Float>, sizeClass: Int) {
        let memory = FreeMemory(pointer: pointer)
        blocks.withLock { $0.recycle(memory, sizeClass: sizeClass) }
    }
}

/// The memory that the buffers of this process have allocated from the system.
public struct BufferStatistics: Sendable, Equatable {
    /// Blocks allocated from the system since the process began; constant in the steady state.
    public let systemAllocations: Int
    /// Bytes of those that have not been freed.
    public let systemBytes: Int

    /// The figures as of now.
    public static var current: BufferStatistics {
        let (allocations, bytes) = BufferPool.shared.statistics
        return BufferStatistics(systemAllocations: allocations, systemBytes: bytes)
    }
}
