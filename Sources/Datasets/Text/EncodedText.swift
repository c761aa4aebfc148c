/// A text as characters (Unicode scalars), each as the number of its first occurrence; read once for each host.
public struct EncodedText: Sendable {
    /// The characters in the order in which they first occur.
    public let alphabet: [Unicode.Scalar]
    /// For each character of the text its index in `alphabet`.
    public let tokens: TokenArray

    /// Reads `text` to its end in memory for its tokens alone; an empty one is refused.
    /// - Parameter progress: called with the bytes read of the file, and its size.
    public init(_ text: TextReader, progress: (Int, Int) -> Void = { _, _ in }) throws(DatasetError) {
        try self.init(text, ContentLimit(), progress: progress)
    }

    init(_ text: TextReader, _ limit: ContentLimit, progress: (Int, Int) -> Void) throws(DatasetError) {
        let tokens = TokenArrayBuilder(limit: limit)
        var numbers = [Int32](repeating: -1, count: 0x11_0000)
        var alphabet: [Unicode.Scalar] = []
        var codes: [Int32] = []
        while let block = try text.next() {
            codes.removeAll(keepingCapacity: true)
            codes.reserveCapacity(block.count)
            numbers.withUnsafeMutableBufferPointer { numbers in
                var offset = 0
                while offset < block.count {
                    let scalar = Self.scalar(block, &offset)
                    if numbers[Int(scalar)] < 0, let character = Unicode.Scalar(scalar) {
                        numbers[Int(scalar)] = Int32(alphabet.count)
                        alphabet.append(character)
                    }
                    codes.append(numbers[Int(scalar)])
                }
            }
            try tokens.append(codes)
            progress(text.position, text.fileSize)
        }
        guard tokens.count > 0 else {
            throw .unusable(path: text.path, found: "an empty file", expected: "a text in UTF-8")
        }
        (self.alphabet, self.tokens) = (alphabet, tokens.finish())
    }

    /// The character at `offset` of well-formed UTF-8, which is advanced past it.
    @inline(__always)
    private static func scalar(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt32 {
        let first = UInt32(bytes[offset])
        offset += 1
        guard first >= 0x80 else { return first }
        let count = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3
        var value = first & (count == 1 ? 0x1f : count == 2 ? 0x0f : 0x07)
        for _ in 0..<count {
            value = value << 6 | UInt32(bytes[offset] & 0x3f)
            offset += 1
        }
        return value
    }
}

extension EncodedText: HostLoadable {
    /// The alphabet, and the bytes of a token.
    public struct Notes: Codable, Sendable {
        let alphabet: [UInt32]
        let width: Int
    }

    /// The alphabet, and the bytes of a token.
    public var notes: Notes { Notes(alphabet: alphabet.map(\.value), width: tokens.width) }

    /// The tokens.
    public var arrays: [HostBytes] { [tokens.bytes] }

    /// The text that `notes` and `arrays` describe.
    public init(notes: Notes, arrays: [HostBytes]) throws {
        guard arrays.count == 1, let tokens = TokenArray(width: notes.width, bytes: arrays[0]) else {
            throw HostLoadFailure(message: "EncodedText: found \(arrays.count) arrays, expected tokens")
        }
        (alphabet, self.tokens) = (notes.alphabet.compactMap(Unicode.Scalar.init), tokens)
    }
}
