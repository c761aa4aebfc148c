/// The content of a file from its beginning to its end, in pieces: decompressed when it begins as gzip does, else as
/// it is.
package final class ByteStream {
    /// Where the file is.
    package let path: String
    /// The bytes of the file itself; 0 for what has no size, such as a pipe.
    package let fileSize: Int

    private let file: SequentialFile
    private let input: UnsafeMutableRawBufferPointer
    private let inflater: Inflater?
    /// Bytes of the first read that have not been consumed.
    private var start: Range<Int>
    private var consumed: Int

    private static let inputCount = 1 << 18

    /// Opens the file at `path`.
    package init(path: String) throws(DatasetError) {
        self.path = path
        file = try SequentialFile(path: path)
        fileSize = file.size
        input = .allocate(byteCount: Self.inputCount, alignment: 16)
        let count: Int
        do { count = try file.read(into: input) } catch {
            input.deallocate()
            throw error
        }
        let isGzip = count >= 2 && input[0] == 0x1f && input[1] == 0x8b
        inflater = isGzip ? Inflater(file: file, input: input, filled: count) : nil
        start = isGzip ? 0..<0 : 0..<count
        consumed = count
    }

    deinit { input.deallocate() }

    /// Whether the file is compressed with gzip.
    package var isCompressed: Bool { inflater != nil }

    /// How many bytes of the file itself were read, for reports of progress.
    package var position: Int { inflater?.bytesRead ?? consumed }

    /// The content's bytes as far as the file knows: its size, or for gzip its trailer's word, which may be wrong.
    var expectedCount: Int {
        // The trailer's length is modulo 2³², of the last member, and unchecked: a hint, and no more room for it than
        // usual ratios of compression need.
        isCompressed ? min(Int(file.lastWord() ?? 0), 16 * fileSize) : max(fileSize, start.count)
    }

    /// Reads on, and returns how many bytes it was; fewer than fit only at the end of the content.
    package func read(into output: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        if let inflater { return try inflater.read(into: output) }
        let first = min(start.count, output.count)
        output.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[start.prefix(first)]))
        start = start.dropFirst(first)
        guard first < output.count else { return first }
        let more = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: output[first...]))
        consumed += more
        return first + more
    }
}
