import Preconditions

/// Tokens, none negative, in the smallest type that holds them all; once for each host.
public struct TokenArray: Sendable {
    private enum Storage: Sendable {
        case one(HostArray<UInt8>)
        case two(HostArray<UInt16>)
        case four(HostArray<Int32>)
    }
    private let storage: Storage

    /// A copy of `tokens`.
    public init(_ tokens: some Collection<Int32>) {
        let largest = tokens.max() ?? 0
        require((tokens.min() ?? 0) >= 0, "TokenArray: a token is negative")
        storage =
            largest <= 0xff
            ? .one(HostArray(tokens.lazy.map { UInt8($0) }))
            : largest <= 0xffff ? .two(HostArray(tokens.lazy.map { UInt16($0) })) : .four(HostArray(tokens))
    }

    init(_ tokens: HostArray<UInt8>) { storage = .one(tokens) }
    init(_ tokens: HostArray<UInt16>) { storage = .two(tokens) }
    init(_ tokens: HostArray<Int32>) { storage = .four(tokens) }

    /// The tokens in `bytes`, `width` bytes each; nil if it is not a whole number of them.
    init?(width: Int, bytes: HostBytes) {
        switch width {
        case 1: if let array = HostArray<UInt8>(bytes) { storage = .one(array) } else { return nil }
        case 2: if let array = HostArray<UInt16>(bytes) { storage = .two(array) } else { return nil }
        case 4: if let array = HostArray<Int32>(bytes) { storage = .four(array) } else { return nil }
        default: return nil
        }
    }

    /// How many tokens there are.
    public var count: Int {
        switch storage {
        case .one(let array): array.count
        case .two(let array): array.count
        case .four(let array): array.count
        }
    }

    /// How many bytes a token has.
    public var width: Int {
        switch storage {
        case .one: 1
        case .two: 2
        case .four: 4
        }
    }

    /// The memory.
    public var bytes: HostBytes {
        switch storage {
        case .one(let array): array.bytes
        case .two(let array): array.bytes
        case .four(let array): array.bytes
        }
    }

    /// The token at an index in `0..<count`.
    public subscript(index: Int) -> Int32 {
        switch storage {
        case .one(let array): Int32(array[index])
        case .two(let array): Int32(array[index])
        case .four(let array): array[index]
        }
    }

    /// Throws if tokens of a packed file are damaged, or not below `count`.
    func check(_ range: Range<Int>, below count: Int) throws(DatasetError) {
        guard let part = bytes.part else { return }
        try bytes.check(range.lowerBound * width..<range.upperBound * width)
        for token in self[range] where token < 0 || token >= count { throw PackedContent.unfit(part.path) }
    }

    /// The tokens at the indices of `range`.
    public subscript(range: Range<Int>) -> [Int32] {
        var tokens: [Int32] = []
        tokens.reserveCapacity(range.count)
        append(range, to: &tokens)
        return tokens
    }

    /// Appends the tokens at the indices of `range` to `tokens`.
    public func append(_ range: Range<Int>, to tokens: inout [Int32]) {
        require(range.lowerBound >= 0 && range.upperBound <= count, "TokenArray: \(range) is not in 0..<\(count)")
        switch storage {
        case .one(let array):
            array.withUnsafeBufferPointer { tokens.append(contentsOf: $0[range].lazy.map { Int32($0) }) }
        case .two(let array):
            array.withUnsafeBufferPointer { tokens.append(contentsOf: $0[range].lazy.map { Int32($0) }) }
        case .four(let array): array.withUnsafeBufferPointer { tokens.append(contentsOf: $0[range]) }
        }
    }
}
