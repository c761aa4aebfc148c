import Communication

/// Makes a `HostArray` number by number, in memory that the ranks of a host can share once it is larger than a few
/// pages.
///
/// Used by one thread. It grows without copying what is large.
public final class HostArrayBuilder<Element: BitwiseCopyable & Sendable> {
    /// How many numbers there are so far.
    public private(set) var count = 0
    private var capacity: Int
    private var base: UnsafeMutablePointer<Element>
    private var memory: Memory

    private enum Memory {
        case own(UnsafeAllocation)
        case shareable(AnonymousMemory)
    }

    private static var width: Int { MemoryLayout<Element>.stride }
    /// Below this size, sending is cheaper than sharing.
    private static var shareableBytes: Int { 1 << 16 }
    /// The most that is reserved before it is needed.
    private static var largestReserve: Int { 1 << 26 }

    /// The folder of a file on a disk for the numbers; nil: they are in memory.
    private let folder: String?

    /// Nothing yet.
    public convenience init() { self.init(ContentLimit(bytes: .max)) }

    /// Nothing yet; on a disk, if the limit says so.
    init(_ limit: ContentLimit) {
        folder = limit.folder
        let first = UnsafeAllocation(bytes: 1024)
        memory = .own(first)
        base = first.base.assumingMemoryBound(to: Element.self)
        capacity = 1024 / Self.width
    }

    /// Appends a number. Throws if there is no memory for it.
    public func append(_ element: Element) throws(DatasetError) {
        if count == capacity { try reserve(count + 1) }
        base[count] = element
        count += 1
    }

    /// Appends numbers. Throws if there is no memory for them.
    public func append(contentsOf elements: some Collection<Element>) throws(DatasetError) {
        let added = elements.count
        if count + added > capacity { try reserve(count + added) }
        _ = UnsafeMutableBufferPointer(start: base + count, count: added).initialize(fromContentsOf: elements)
        count += added
    }

    /// Appends as many numbers as `body` writes, at most `most`, and says. Throws if there is no memory for them.
    public func append(
        atMost most: Int, _ body: (UnsafeMutableBufferPointer<Element>) throws(DatasetError) -> Int
    ) throws(DatasetError) {
        if count + most > capacity { try reserve(count + most) }
        count += try body(UnsafeMutableBufferPointer(start: base + count, count: most))
    }

    /// Changes the number at an index in `0..<count`.
    public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "HostArrayBuilder: an index is out of range")
            return base[index]
        }
        set {
            precondition(index >= 0 && index < count, "HostArrayBuilder: an index is out of range")
            base[index] = newValue
        }
    }

    /// Makes room for `wanted` numbers in all.
    public func reserve(_ wanted: Int) throws(DatasetError) {
        guard wanted > capacity else { return }
        let bytes = wanted * Self.width
        let room = max(bytes, min(bytes + Self.largestReserve, capacity * Self.width * 2))
        switch memory {
        case .shareable(let memory):
            // what is reserved beyond need must not be what fails
            guard memory.grow(to: room) || memory.grow(to: bytes) else { throw noRoom(bytes) }
            use(memory)
        case .own(let old):
            if bytes >= Self.shareableBytes, let shared = AnonymousMemory(capacity: room, onDisk: folder) {
                shared.base.copyMemory(from: old.base, byteCount: count * Self.width)
                memory = .shareable(shared)
                use(shared)
            } else if bytes >= Self.shareableBytes, folder != nil {
                throw noRoom(bytes)
            } else {
                let new = UnsafeAllocation(bytes: room)
                new.base.copyMemory(from: old.base, byteCount: count * Self.width)
                memory = .own(new)
                base = new.base.assumingMemoryBound(to: Element.self)
                capacity = room / Self.width
            }
        }
    }

    private func noRoom(_ bytes: Int) -> DatasetError {
        guard let folder else { return .noMemory(bytes: bytes) }
        return .unwritable(path: folder, reason: "no room for \(bytes >> 20) MiB of data before they are packed")
    }

    private func use(_ memory: AnonymousMemory) {
        base = memory.base.assumingMemoryBound(to: Element.self)
        capacity = memory.capacity / Self.width
    }

    /// The numbers; the builder is empty afterwards.
    public func finish() -> HostArray<Element> {
        let (done, bytes) = (count, count * Self.width)
        defer {
            let first = UnsafeAllocation(bytes: 1024)
            memory = .own(first)
            base = first.base.assumingMemoryBound(to: Element.self)
            (capacity, count) = (1024 / Self.width, 0)
        }
        switch memory {
        case .own(let memory): return HostArray(own: memory, count: done)
        case .shareable(let memory):
            memory.trim(to: bytes)
            guard let array = HostArray<Element>(HostBytes(shareable: memory, count: bytes)) else {
                preconditionFailure("HostArrayBuilder: \(bytes) bytes are no whole number of elements")
            }
            return array
        }
    }
}
