/// Byte pair encoding: the symbols of a piece are merged pair by pair, the earliest merge of the list first, of equal ones the
/// leftmost.
///
/// Source: Sennrich, Haddow, Birch, "Neural machine translation of rare words with subword units", 2016.
struct BytePairEncoding: Sendable {
    /// The rank of a merge, and the token that it makes.
    struct Merge: Sendable { let rank, id: Int32 }

    let tokens: TokenIds
    private let merges: [UInt64: Merge]
    /// The token of a symbol that there is none for; nil: such symbols are left out.
    let unknown: Int32?
    /// Whether neighboring unknown symbols are one token.
    let fusesUnknown: Bool
    /// Before each symbol but the first of a piece, and behind its last one, such as `</w>`.
    let prefix, suffix: [UInt8]
    /// Whether a piece that is a token as a whole is never made of merges.
    let prefersWhole: Bool

    /// A model of these tokens and merges.
    init(
        tokens: TokenIds, merges: [UInt64: Merge], unknown: Int32? = nil, fusesUnknown: Bool = false,
        prefix: [UInt8] = [], suffix: [UInt8] = [], prefersWhole: Bool = false
    ) {
        (self.tokens, self.merges, self.unknown, self.fusesUnknown) = (tokens, merges, unknown, fusesUnknown)
        (self.prefix, self.suffix, self.prefersWhole) = (prefix, suffix, prefersWhole)
    }

    /// The key of a pair of tokens.
    static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// The tokens of a piece in UTF-8.
    func encode(_ piece: UnsafeBufferPointer<UInt8>) -> [Int32] {
        if prefersWhole, let id = tokens.id(of: piece) { return [id] }
        return merged(symbols(piece))
    }

    /// The token of each character of a piece.
    private func symbols(_ piece: UnsafeBufferPointer<UInt8>) -> [Int32] {
        var found: [Int32] = []
        found.reserveCapacity(piece.count)
        var (start, followsUnknown) = (0, false)
        while start < piece.count {
            var end = start + 1
            while end < piece.count, piece[end] & 0xc0 == 0x80 { end += 1 }
            let character = UnsafeBufferPointer(rebasing: piece[start..<end])
            let id: Int32?
            if prefix.isEmpty && suffix.isEmpty {
                id = tokens.id(of: character)
            } else {
                id = tokens.id(
                    of: (start > 0 ? prefix : []) + Array(character) + (end == piece.count ? suffix : []))
            }
            if let id {
                found.append(id)
            } else if let unknown, !(fusesUnknown && followsUnknown) {
                found.append(unknown)
            }
            followsUnknown = id == nil
            start = end
        }
        return found
    }

    private func merge(_ left: Int32, _ right: Int32) -> Merge? { merges[Self.key(left, right)] }

    /// The symbols after all merges: a list of neighbors, and a heap of the merges that are possible.
    private func merged(_ symbols: [Int32]) -> [Int32] {
        guard symbols.count > 1 else { return symbols }
        var ids = symbols
        var next = Array(1...symbols.count)
        var previous = Array(-1..<(symbols.count - 1))
        var queue = MinimumHeap<UInt64>()
        func offer(_ left: Int, _ right: Int) {
            if let merge = merge(ids[left], ids[right]) { queue.insert(UInt64(merge.rank) << 32 | UInt64(left)) }
        }
        for left in 0..<(symbols.count - 1) { offer(left, left + 1) }
        while let entry = queue.removeFirst() {
            let left = Int(entry & 0xffff_ffff)
            let right = next[left]
            // an entry is stale where one of its symbols was merged since
            guard ids[left] >= 0, right < ids.count, let merge = merge(ids[left], ids[right]),
                UInt64(merge.rank) == entry >> 32
            else { continue }
            ids[left] = merge.id
            ids[right] = -1
            next[left] = next[right]
            if next[left] < ids.count {
                previous[next[left]] = left
                offer(left, next[left])
            }
            if previous[left] >= 0 { offer(previous[left], left) }
        }
        return ids.filter { $0 >= 0 }
    }
}
