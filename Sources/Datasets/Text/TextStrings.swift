/// Texts as they are in a file, concatenated in UTF-8; once for each host.
public struct TextStrings: Sendable {
    private let bytes: HostArray<UInt8>
    /// Where each text begins in `bytes`, and where the last one ends.
    private let offsets: HostArray<Int>

    init(_ bytes: HostArray<UInt8>, _ offsets: HostArray<Int>) { (self.bytes, self.offsets) = (bytes, offsets) }

    /// The number of texts.
    public var count: Int { offsets.count - 1 }

    /// A text.
    public subscript(index: Int) -> String {
        bytes.withUnsafeBufferPointer {
            String(decoding: UnsafeBufferPointer(rebasing: $0[offsets[index]..<offsets[index + 1]]), as: UTF8.self)
        }
    }

    /// Bytes and offsets.
    var arrays: [HostBytes] { [bytes.bytes, offsets.bytes] }

    /// The texts of these arrays; nil if they don't fit each other.
    init?(arrays: ArraySlice<HostBytes>) {
        guard arrays.count == 2, let bytes = HostArray<UInt8>(arrays[arrays.startIndex]),
            let offsets = HostArray<Int>(arrays[arrays.startIndex + 1]), offsets.last == bytes.count
        else { return nil }
        self.init(bytes, offsets)
    }
}

/// Makes `TextStrings`.
final class TextStringsBuilder {
    private let bytes = HostArrayBuilder<UInt8>()
    private let offsets = HostArrayBuilder<Int>()

    init() throws(DatasetError) { try offsets.append(0) }

    /// Appends a text. Throws if there is no memory for it.
    func append(_ text: String) throws(DatasetError) {
        try bytes.append(contentsOf: text.utf8)
        try offsets.append(bytes.count)
    }

    /// The texts; the builder can't be used any more.
    func finish() -> TextStrings { TextStrings(bytes.finish(), offsets.finish()) }
}
