/// Byte strings by number, and their numbers by bytes: "é" and "e" with an accent are two.
struct TokenTable: Sendable {
    private var bytes: [UInt8] = []
    /// Where each string ends in `bytes`.
    private var ends: [Int] = []
    /// The numbers, by hash, open addressing; -1 where there is none.
    private var slots = [Int32](repeating: -1, count: 16)

    /// The number of strings.
    var count: Int { ends.count }

    /// No strings yet.
    init() {}

    /// The bytes of the string of a number.
    subscript(index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

    /// Appends a string, which gets the next number; false, and nothing changes, if it is there already.
    mutating func append(_ string: some Collection<UInt8>) -> Bool {
        let string = Array(string)
        return string.withUnsafeBufferPointer { string in
            if index(of: string) != nil { return false }
            if 2 * (count + 1) > slots.count { grow() }
            slots[freeSlot(string)] = Int32(count)
            bytes.append(contentsOf: string)
            ends.append(bytes.count)
            return true
        }
    }

    /// The number of a string; nil if it is not there.
    func index(of string: UnsafeBufferPointer<UInt8>) -> Int? {
        var slot = Self.hash(string) & (slots.count - 1)
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            let start = number == 0 ? 0 : ends[number - 1]
            if ends[number] - start == string.count {
                let isEqual = bytes.withUnsafeBufferPointer { bytes in
                    (0..<string.count).allSatisfy { bytes[start + $0] == string[$0] }
                }
                if isEqual { return number }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The number of a string; nil if it is not there.
    func index(of string: some Collection<UInt8>) -> Int? {
        Array(string).withUnsafeBufferPointer { index(of: $0) }
    }

    private func freeSlot(_ string: UnsafeBufferPointer<UInt8>) -> Int {
        var slot = Self.hash(string) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: 4 * slots.count)
        for number in 0..<count {
            let slot = Array(self[number]).withUnsafeBufferPointer { freeSlot($0) }
            slots[slot] = Int32(number)
        }
    }

    /// The standard library's hash, whose seed nobody outside knows: files cannot be made to collide.
    private static func hash(_ string: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(string))
        return hasher.finalize() & Int.max
    }
}
