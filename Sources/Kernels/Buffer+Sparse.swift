import CKernels
import Glibc

extension Buffer {
    /// `count` zeros that take memory page by page, where they are written.
    package static func sparse(count: Int) -> Buffer {
        guard let memory = SparseMemory(count: count) else { return Buffer(repeating: 0, count: count) }
        return Buffer(memory.pointer, count: count, owner: memory)
    }

    /// Gives the system back the whole pages of `range`, which are zero from then on: of memory that `sparse` has made,
    /// or that processes share.
    package func release(_ range: Range<Int>) {
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        let first = (UInt(bitPattern: pointer + range.lowerBound) + page - 1) / page * page
        let end = UInt(bitPattern: pointer + range.upperBound) / page * page
        guard end > first, let start = UnsafeMutableRawPointer(bitPattern: first) else { return }
        // the first is for shared memory, the second for that of this process
        if madvise(start, Int(end - first), MADV_REMOVE) != 0 { madvise(start, Int(end - first), MADV_DONTNEED) }
    }
}

/// Anonymous memory of this process alone. Source: mmap(2).
private final class SparseMemory {
    let pointer: UnsafeMutablePointer<Float>
    private let bytes: Int

    init?(count: Int) {
        bytes = max(1, count * MemoryLayout<Float>.stride)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let base = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else { return nil }
        pointer = base.assumingMemoryBound(to: Float.self)
    }

    deinit { munmap(pointer, bytes) }
}
