/// WordPiece: the longest token that a word begins with, then the longest of the rest with a prefix, and so on; a word without
/// such tokens is unknown as a whole.
///
/// Source: Devlin et al., "BERT", 2019; Google's `bert/tokenization.py`.
struct WordPiece: Sendable {
    let tokens: TokenIds
    /// The token of a word that cannot be made of tokens.
    let unknown: Int32
    /// Before each token but the first of a word, such as `##`.
    let prefix: [UInt8]
    /// Words of more characters are unknown.
    let longest: Int

    /// The tokens of a word in UTF-8.
    func encode(_ word: UnsafeBufferPointer<UInt8>) -> [Int32] {
        // where characters begin, and the end
        let starts = word.indices.filter { word[$0] & 0xc0 != 0x80 } + [word.count]
        guard starts.count - 1 <= longest else { return [unknown] }
        var (found, first): ([Int32], Int) = ([], 0)
        while first < starts.count - 1 {
            var last = starts.count - 1
            var token: Int32?
            while last > first {
                let part = UnsafeBufferPointer(rebasing: word[starts[first]..<starts[last]])
                token = first == 0 ? tokens.id(of: part) : tokens.id(of: prefix + Array(part))
                if token != nil { break }
                last -= 1
            }
            guard let token else { return [unknown] }
            found.append(token)
            first = last
        }
        return found
    }
}
