/// Ranks as text.
enum RankList {
    /// `0–3, 8`.
    static func text(_ ranks: [Int]) -> String {
        var spans: [(first: Int, last: Int)] = []
        for rank in ranks.sorted() {
            if let last = spans.last?.last, rank == last + 1 {
                spans[spans.count - 1].last = rank
            } else {
                spans.append((rank, rank))
            }
        }
        return spans.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)–\($0.last)" }.joined(separator: ", ")
    }
}
