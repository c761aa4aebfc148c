import Kernels

/// What a rank says of its shards in a collective, and the elements where they are few.
///
/// On the way: the number of words, as Int64; the words, which are whether the elements are here, and a header for each shard; the
/// elements.
struct ShardMessage {
    let isInline: Bool
    let headers: [ShardCallHeader]
    private let bytes: [UInt8]
    private let payloadStart: Int

    /// What a rank with these shards sends: `payload` is here if `isInline`.
    static func bytes(_ calls: [ShardCall], _ payload: [Buffer], isInline: Bool) -> [UInt8] {
        let words: [Int64] = [isInline ? 1 : 0] + calls.flatMap { ShardCallHeader($0).words }
        var message = ([Int64(words.count)] + words).withUnsafeBytes { Array($0) }
        if isInline { for piece in payload { message += UnsafeRawBufferPointer(piece.elements) } }
        return message
    }

    /// Reads what `bytes` made on `rank`, which has so many shards; throws where another collective was called there.
    init(_ bytes: [UInt8], shards: Int, rank: Int) throws {
        self.bytes = bytes
        func word(_ index: Int) -> Int64 {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self) }
        }
        guard bytes.count >= 16, word(0) >= 1, word(0) < Int64(bytes.count / 8) else {
            throw ForeignMessage(rank: rank)
        }
        payloadStart = 8 * (1 + Int(word(0)))
        isInline = word(1) != 0
        var words = (2..<(1 + Int(word(0)))).map(word)[...]
        var headers: [ShardCallHeader] = []
        while let header = ShardCallHeader(reading: &words) { headers.append(header) }
        guard headers.count == shards, words.isEmpty else { throw ForeignMessage(rank: rank) }
        self.headers = headers
    }

    /// Copies the elements, which are as many as there is room for.
    func copyPayload(to target: UnsafeMutableRawBufferPointer) {
        bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[payloadStart...])) }
    }

    /// The elements as those of `nodes` nodes, `count` each; zeros where the rank had none.
    func nodes(_ nodes: Int, count: Int) -> [Buffer] {
        let all = Buffer(repeating: 0, count: nodes * count)
        if bytes.count > payloadStart {
            copyPayload(to: UnsafeMutableRawBufferPointer(all.elements))
        }
        return (0..<nodes).map { Buffer(sliceOf: all, ($0 * count)..<(($0 + 1) * count)) }
    }
}

/// A rank sent something else where all were to call a collective over the shards.
struct ForeignMessage: Error, CustomStringConvertible {
    let rank: Int

    var description: String {
        "rank \(rank) sent something else than its shards' part of a collective; call the collectives in the same order on every rank, with the same ShardPlan"
    }
}

/// No shard had a tensor for a collective over all shards.
struct NoTensors: Error, CustomStringConvertible {
    let collective: String

    var description: String { "\(collective): no shard has a tensor, at least one is needed" }
}
