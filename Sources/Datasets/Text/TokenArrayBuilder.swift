/// Makes a `TokenArray`, which begins with a byte a token and is widened when a token needs more.
final class TokenArrayBuilder {
    private enum Storage {
        case one(HostArrayBuilder<UInt8>)
        case two(HostArrayBuilder<UInt16>)
        case four(HostArrayBuilder<Int32>)
    }
    private var storage: Storage
    private var largest: Int32 = 0xff

    private var width: Int { largest == 0xff ? 1 : largest == 0xffff ? 2 : 4 }
    private let limit: ContentLimit

    init(limit: ContentLimit = ContentLimit()) {
        self.limit = limit
        storage = .one(HostArrayBuilder(limit))
    }

    /// How many tokens there are so far.
    var count: Int {
        switch storage {
        case .one(let builder): builder.count
        case .two(let builder): builder.count
        case .four(let builder): builder.count
        }
    }

    /// Appends tokens, none negative. Throws if there is no memory for them.
    func append(_ tokens: UnsafeBufferPointer<Int32>) throws(DatasetError) {
        var bits: Int32 = 0
        for token in tokens { bits |= token }
        if bits > largest { try widen(bits) }
        guard (count + tokens.count) * width <= limit.bytes else {
            throw .noMemory(bytes: (count + tokens.count) * width)
        }
        switch storage {
        case .one(let builder):
            try builder.append(atMost: tokens.count) { room throws(DatasetError) in
                for (index, token) in tokens.enumerated() { room[index] = UInt8(truncatingIfNeeded: token) }
                return tokens.count
            }
        case .two(let builder):
            try builder.append(atMost: tokens.count) { room throws(DatasetError) in
                for (index, token) in tokens.enumerated() { room[index] = UInt16(truncatingIfNeeded: token) }
                return tokens.count
            }
        case .four(let builder): try builder.append(contentsOf: tokens)
        }
    }

    /// Appends tokens, none negative. Throws if there is no memory for them.
    func append(_ tokens: [Int32]) throws(DatasetError) {
        try tokens.withUnsafeBufferPointer { buffer throws(DatasetError) in try append(buffer) }
    }

    /// The tokens; the builder is empty afterwards.
    func finish() -> TokenArray {
        switch storage {
        case .one(let builder): TokenArray(builder.finish())
        case .two(let builder): TokenArray(builder.finish())
        case .four(let builder): TokenArray(builder.finish())
        }
    }

    private func widen(_ bits: Int32) throws(DatasetError) {
        let before = finish()
        if bits <= 0xffff {
            (storage, largest) = (.two(HostArrayBuilder(limit)), 0xffff)
        } else {
            (storage, largest) = (.four(HostArrayBuilder(limit)), .max)
        }
        // in blocks, so that the wider copy is the only large one
        for start in stride(from: 0, to: before.count, by: 1 << 16) {
            try append(before[start..<min(start + 1 << 16, before.count)])
        }
    }
}
