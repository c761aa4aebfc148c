/// Different texts of a column, numbered in order of their first occurrence.
struct TextDictionary: Sendable {
    /// One of the texts.
    struct Entry: Sendable {
        fileprivate let hash: UInt64
        fileprivate let start, count: Int
        /// Whether it stood in quotes.
        let isQuoted: Bool
        /// Its kind.
        let kind: FieldKind
        /// The line of its first occurrence.
        let line: Int
        /// How often it occurred.
        var occurrences = 0
    }

    private(set) var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// Numbers of entries, -1 where there is none; as many as a power of two.
    private var slots: [Int32] = []

    /// The bytes of a text.
    func text(_ number: Int) -> [UInt8] { text(of: entries[number]) }

    /// The bytes of an entry.
    func text(of entry: Entry) -> [UInt8] { Array(bytes[entry.start..<entry.start + entry.count]) }

    /// The number of a text; nil if it is new.
    @inline(__always)
    func number(of text: UnsafeBufferPointer<UInt8>, isQuoted: Bool, hash: UInt64) -> Int? {
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while case let number = Int(slots[slot]), number >= 0 {
            let entry = entries[number]
            if entry.hash == hash, entry.count == text.count, entry.isQuoted == isQuoted, isEqual(entry, text) {
                return number
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Counts an occurrence.
    @inline(__always)
    mutating func count(_ number: Int) { entries[number].occurrences += 1 }

    /// Adds a text that is new, and returns its number.
    mutating func add(
        _ text: UnsafeBufferPointer<UInt8>, isQuoted: Bool, hash: UInt64, kind: FieldKind, line: Int
    ) -> Int {
        if slots.count < 2 * (entries.count + 1) { grow() }
        entries.append(
            Entry(hash: hash, start: bytes.count, count: text.count, isQuoted: isQuoted, kind: kind, line: line))
        bytes.append(contentsOf: text)
        insert(entries.count - 1)
        return entries.count - 1
    }

    private func isEqual(_ entry: Entry, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<text.count where bytes[entry.start + index] != text[index] { return false }
            return true
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: max(8, slots.count * 2))
        for number in entries.indices { insert(number) }
    }

    private mutating func insert(_ number: Int) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: entries[number].hash) & mask
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        slots[slot] = Int32(number)
    }

    /// A hash of bytes: eight at a time, each mixed by a product. Source of the mixing: Steele, Lea, Flood, "Fast
    /// splittable pseudorandom number generators", OOPSLA 2014.
    @inline(__always)
    static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = UInt64(text.count)
        var index = 0
        func mix(_ word: UInt64) {
            hash = (hash ^ word) &* 0xbf58_476d_1ce4_e5b9
            hash ^= hash >> 29
        }
        while index + 8 <= text.count {
            mix(UnsafeRawPointer(text.baseAddress! + index).loadUnaligned(as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < text.count {
            rest = rest << 8 | UInt64(text[index])
            index += 1
        }
        mix(rest)
        return hash ^ hash >> 32
    }
}
