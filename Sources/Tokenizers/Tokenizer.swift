/// Makes token ids of texts and texts of token ids, as a `tokenizer.json` of Hugging Face's `tokenizers` describes it.
///
/// A text goes through five stages: added tokens are found, the rest is normalized, split into pieces, and each piece becomes
/// tokens of the model; a template may add special tokens around them.
public struct Tokenizer: Sendable {
    let added: [AddedToken]
    let normalizers: [Normalizer]
    let preTokenizers: [PreTokenizer]
    let model: TokenModel
    let decoder: TokenDecoder
    /// The special tokens before and behind a text.
    let template: (before: [Int32], behind: [Int32])
    /// The file's content, from which the same tokenizer is made again.
    public let json: String

    private let givenFinder, normalizedFinder: AddedTokenFinder

    init(
        added: [AddedToken], normalizers: [Normalizer], preTokenizers: [PreTokenizer], model: TokenModel,
        decoder: TokenDecoder, template: (before: [Int32], behind: [Int32]), json: String
    ) {
        (self.added, self.normalizers, self.preTokenizers) = (added, normalizers, preTokenizers)
        (self.model, self.decoder, self.template, self.json) = (model, decoder, template, json)
        givenFinder = AddedTokenFinder(added.filter { !$0.isNormalized }.map { ($0, $0.content) })
        normalizedFinder = AddedTokenFinder(
            added.filter(\.isNormalized).map { token in
                (token, normalizers.reduce(token.content) { $1.normalized($0) })
            })
    }

    /// The number of ids: one more than the largest one.
    public var count: Int { max(model.tokens.count, (added.map { Int($0.id) + 1 }.max() ?? 0)) }

    /// The text of each token as the file writes it, by its id; of an id without a token `<unused 17>`.
    public var names: [String] {
        var names = (0..<Int32(count)).map { id in
            model.tokens.token(id).map { String(decoding: $0, as: UTF8.self) } ?? "<unused \(id)>"
        }
        for token in added { names[Int(token.id)] = token.content }
        return names
    }

    /// The id of the special token that ends a text, such as `<|endoftext|>`; nil if there is none of a usual name.
    public var textEnd: Int32? {
        let usual = ["<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>", "[SEP]"]
        return usual.lazy.compactMap { name in added.first { $0.isSpecial && $0.content == name }?.id }.first
    }

    /// The ids of a text.
    /// - Parameter addsSpecialTokens: whether the special tokens of the template, such as `[CLS]` and `[SEP]`, stand around it.
    public func encode(_ text: String, addsSpecialTokens: Bool = false) -> [Int32] {
        TokenEncoder(self).encode(text, addsSpecialTokens: addsSpecialTokens)
    }

    /// The text of some ids.
    /// - Parameter skipsSpecialTokens: whether special tokens are left out.
    public func decode(_ ids: some Sequence<Int32>, skipsSpecialTokens: Bool = true) -> String {
        var stream = TokenTextStream(self, skipsSpecialTokens: skipsSpecialTokens)
        return ids.reduce(into: "") { $0 += stream.append($1) } + stream.finish()
    }

    /// Where a text can be cut into parts that are encoded one after the other to the tokens of the whole.
    public enum SafeCut: Sendable {
        /// Nowhere.
        case nowhere
        /// Before a blank that follows what is no white space.
        case beforeBlank
        /// Before white space that follows what is none.
        case beforeSpace
    }

    /// Where a text can be cut.
    public var safeCut: SafeCut {
        let tokensAllow = added.allSatisfy { token in
            !token.stripsLeft && !token.stripsRight && !token.isSingleWord
                && !token.content.unicodeScalars.contains { $0.properties.isWhitespace }
        }
        let normalizersAllow = normalizers.allSatisfy {
            switch $0 {
            case .strip, .prepend: false
            default: true
            }
        }
        guard tokensAllow, normalizersAllow else { return .nowhere }
        switch preTokenizers.first(where: { if case .digits = $0 { false } else { true } }) {
        case nil, .digits, .byteLevel(_, usesExpression: false): return .nowhere
        // a line end behind punctuation belongs to its piece
        case .split(.cl100k): return .beforeBlank
        case .byteLevel, .bert, .whitespace, .whitespaceSplit, .split(.gpt2): return .beforeSpace
        }
    }

    /// The parts of a text between added tokens, split into pieces, or an added token.
    func forEachPiece(
        of text: String, isContinuation: Bool, token: (Int32) -> Void, piece: ([UInt8]) -> Void
    ) {
        var text = text
        text.withUTF8 { bytes in
            var isLater = isContinuation
            for part in givenFinder.parts(of: bytes) {
                switch part {
                case .token(let id): token(id)
                case .text(let range):
                    var given = String(decoding: bytes[range], as: UTF8.self)
                    for normalizer in normalizers { given = normalizer.normalized(given) }
                    given.withUTF8 { normalized in
                        for part in normalizedFinder.parts(of: normalized) {
                            switch part {
                            case .token(let id): token(id)
                            case .text(let range):
                                preTokenizers.reduce([Array(normalized[range])]) {
                                    $1.split($0, isContinuation: isLater)
                                }
                                .forEach(piece)
                            }
                            isLater = false
                        }
                    }
                }
                isLater = false
            }
        }
    }
}

/// Encodes texts with one tokenizer, and keeps the tokens of pieces that it has seen; used by one thread.
public final class TokenEncoder {
    private let tokenizer: Tokenizer
    private var known: [[UInt8]: [Int32]] = [:]

    private static let mostPieces = 1 << 16
    private static let longestPiece = 64

    /// An encoder without known pieces.
    public init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

    /// The ids of a text.
    /// - Parameters:
    ///   - isContinuation: whether the text before it was encoded already, so that it is not the beginning of one.
    ///   - addsSpecialTokens: whether the special tokens of the template stand around it.
    public func encode(_ text: String, isContinuation: Bool = false, addsSpecialTokens: Bool = false) -> [Int32] {
        var ids: [Int32] = []
        if addsSpecialTokens { ids += tokenizer.template.before }
        tokenizer.forEachPiece(
            of: text, isContinuation: isContinuation, token: { ids.append($0) }, piece: { append($0, to: &ids) })
        return addsSpecialTokens ? ids + tokenizer.template.behind : ids
    }

    private func append(_ piece: [UInt8], to ids: inout [Int32]) {
        if let found = known[piece] { return ids.append(contentsOf: found) }
        let found = piece.withUnsafeBufferPointer { tokenizer.model.encode($0) }
        if piece.count <= Self.longestPiece {
            if known.count >= Self.mostPieces { known = [:] }
            known[piece] = found
        }
        ids.append(contentsOf: found)
    }
}
