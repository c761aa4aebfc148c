/// Reads a text line by line.
///
/// A line ends with LF, CR LF or CR, as Python's universal newlines do. Form feed, NEL, U+2028 and U+2029 are white
/// space within a line.
public final class LineReader {
    /// The text.
    public let text: TextReader
    /// The number of the line that was read last, from 1.
    public private(set) var number = 0

    private let limit: ContentLimit
    private var block = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The beginning of a line that continues in the next block.
    private var beginning: [UInt8] = []
    private var skipsFeed = false

    private static let (feed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))

    /// Reads the lines of `text`.
    public convenience init(_ text: TextReader) { self.init(text, limit: ContentLimit()) }

    /// Reads the lines of `text`, none of which is longer than `limit`.
    package init(_ text: TextReader, limit: ContentLimit) { (self.text, self.limit) = (text, limit) }

    /// The next line without its end; nil at the end of the text.
    public func next() throws(DatasetError) -> String? {
        while true {
            if skipsFeed, let first = block.first {
                if first == Self.feed { block = UnsafeRawBufferPointer(rebasing: block.dropFirst()) }
                skipsFeed = false
            }
            if let end = block.firstIndex(where: { $0 == Self.feed || $0 == Self.carriageReturn }) {
                skipsFeed = block[end] == Self.carriageReturn
                let line = finish(UnsafeRawBufferPointer(rebasing: block[..<end]))
                block = UnsafeRawBufferPointer(rebasing: block[(end + 1)...])
                return line
            }
            try limit.check(beginning.count + block.count, of: "\(text.path) line \(number + 1)")
            beginning.append(contentsOf: block)
            guard let next = try text.next() else {
                block = UnsafeRawBufferPointer(start: nil, count: 0)
                return beginning.isEmpty ? nil : finish(block)
            }
            block = next
        }
    }

    /// At most `count` lines more; none at the end of the text.
    public func next(_ count: Int) throws(DatasetError) -> [String] {
        var lines: [String] = []
        while lines.count < count, let line = try next() { lines.append(line) }
        return lines
    }

    private func finish(_ end: UnsafeRawBufferPointer) -> String {
        number += 1
        guard !beginning.isEmpty else { return String(decoding: end, as: UTF8.self) }
        let line = String(decoding: beginning + end, as: UTF8.self)
        beginning = []
        return line
    }
}
