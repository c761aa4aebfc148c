/// GPT-2's alphabet: a visible character for each byte, so that tokens of any bytes can be written as text.
///
/// Source: openai/gpt-2, `encoder.py`, `bytes_to_unicode`: printable bytes of Latin-1 are themselves, the others are U+0100 and
/// following in rising order.
enum ByteAlphabet {
    /// The character of each byte.
    static let characters: [Unicode.Scalar] = {
        var other: UInt32 = 0
        return (0..<256).map { (byte: UInt32) in
            if isPrintable(byte) { return Unicode.Scalar(UInt8(byte)) }
            defer { other += 1 }
            // U+0100 to U+0143 are characters
            return Unicode.Scalar(256 + other) ?? "?"
        }
    }()

    private static let bytes: [UInt32: UInt8] = Dictionary(
        uniqueKeysWithValues: zip(characters.map(\.value), 0...255))

    private static func isPrintable(_ byte: UInt32) -> Bool {
        (0x21...0x7e).contains(byte) || (0xa1...0xac).contains(byte) || (0xae...0xff).contains(byte)
    }

    /// Each byte's character in UTF-8.
    static let encoded: [[UInt8]] = characters.map { Array(String($0).utf8) }

    /// The bytes that a token in UTF-8 stands for; nil where it has a character of no byte.
    static func bytes(of token: some Collection<UInt8>) -> [UInt8]? {
        var found: [UInt8] = []
        for scalar in String(decoding: Array(token), as: UTF8.self).unicodeScalars {
            guard let byte = bytes[scalar.value] else { return nil }
            found.append(byte)
        }
        return found
    }
}
