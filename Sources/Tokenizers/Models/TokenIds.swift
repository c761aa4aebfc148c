/// The tokens of a model with their ids, between which there may be gaps.
struct TokenIds: Sendable {
    private var table = TokenTable()
    private var ids: [Int32] = []
    /// For each id the number of its token in `table`, -1 in a gap.
    private var numbers: [Int32] = []
    /// One more than the largest id.
    var count: Int { numbers.count }

    /// The largest id that is read: embeddings of more tokens would not fit any memory.
    static let largest: Int32 = 9_999_999

    /// Adds a token; returns what is wrong with it, if anything is.
    mutating func add(_ token: some Collection<UInt8>, id: Int32) -> String? {
        guard id >= 0, id <= Self.largest else { return "the id \(id)" }
        if Int(id) < numbers.count, numbers[Int(id)] >= 0 { return "the id \(id) twice" }
        guard table.append(token) else { return "a token twice" }
        if Int(id) >= numbers.count {
            numbers.append(contentsOf: repeatElement(-1, count: Int(id) + 1 - numbers.count))
        }
        numbers[Int(id)] = Int32(ids.count)
        ids.append(id)
        return nil
    }

    /// The id of a token; nil if it is none.
    func id(of token: UnsafeBufferPointer<UInt8>) -> Int32? { table.index(of: token).map { ids[$0] } }

    /// The id of a token; nil if it is none.
    func id(of token: some Collection<UInt8>) -> Int32? { table.index(of: token).map { ids[$0] } }

    /// The bytes of the token of an id; nil in a gap.
    func token(_ id: Int32) -> ArraySlice<UInt8>? {
        guard id >= 0, Int(id) < numbers.count, numbers[Int(id)] >= 0 else { return nil }
        return table[Int(numbers[Int(id)])]
    }
}
