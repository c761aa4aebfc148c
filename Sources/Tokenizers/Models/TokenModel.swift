/// What makes tokens of a piece of text.
enum TokenModel: Sendable {
    case bytePairs(BytePairEncoding)
    case wordPiece(WordPiece)

    /// The tokens with their ids.
    var tokens: TokenIds {
        switch self {
        case .bytePairs(let model): model.tokens
        case .wordPiece(let model): model.tokens
        }
    }

    /// The tokens of a piece in UTF-8.
    func encode(_ piece: UnsafeBufferPointer<UInt8>) -> [Int32] {
        switch self {
        case .bytePairs(let model): model.encode(piece)
        case .wordPiece(let model): model.encode(piece)
        }
    }
}
