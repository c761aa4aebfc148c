/// A place for each of some nodes: a hash table by their numbers, with open addressing.
///
/// Graphs of small tensors have as many nodes as numbers in them; `Dictionary`, whose hash withstands chosen keys, took a tenth
/// of their backward pass.
struct NodePlaces {
    /// 0 where there is none: numbers of nodes begin at 1.
    private var numbers: [UInt64]
    private var places: [Int]
    private var count = 0

    /// Room for some nodes; grows by itself.
    init(capacity: Int) {
        var slots = 16
        while slots < 2 * capacity { slots *= 2 }
        (numbers, places) = (.init(repeating: 0, count: slots), .init(repeating: 0, count: slots))
    }

    /// The place of `node`; nil where it has none.
    func callAsFunction(_ node: Node) -> Int? {
        let slot = slot(of: node.number)
        return numbers[slot] == 0 ? nil : places[slot]
    }

    /// Gives `node` the place `place`, and returns whether it had none.
    @discardableResult
    mutating func set(_ node: Node, _ place: Int) -> Bool {
        if 2 * (count + 1) > numbers.count { grow() }
        let slot = slot(of: node.number)
        places[slot] = place
        guard numbers[slot] == 0 else { return false }
        numbers[slot] = node.number
        count += 1
        return true
    }

    /// Where `number` stands, or would.
    private func slot(of number: UInt64) -> Int {
        // Fibonacci hashing: Knuth, The Art of Computer Programming, volume 3, section 6.4
        var slot = Int(truncatingIfNeeded: (number &* 0x9e37_79b9_7f4a_7c15) >> 32) & (numbers.count - 1)
        while numbers[slot] != 0, numbers[slot] != number { slot = (slot + 1) & (numbers.count - 1) }
        return slot
    }

    private mutating func grow() {
        let (oldNumbers, oldPlaces) = (numbers, places)
        (numbers, places) = (
            .init(repeating: 0, count: 2 * oldNumbers.count), .init(repeating: 0, count: 2 * oldNumbers.count)
        )
        for (number, place) in zip(oldNumbers, oldPlaces) where number != 0 {
            let slot = slot(of: number)
            (numbers[slot], places[slot]) = (number, place)
        }
    }
}
