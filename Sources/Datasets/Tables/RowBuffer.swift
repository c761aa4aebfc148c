/// The bytes of a stream that have come and were not taken, cut into rows: at line feeds that are not within quotes.
package struct RowBuffer: Sendable {
    private var bytes: [UInt8]
    /// The end of each complete row.
    private var ends: [Int] = []
    private var scanned = 0
    private var isQuoted = false
    /// Whether there is more than blank lines behind the last complete row.
    private var hasContent = false

    /// The rows of these bytes.
    package init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
        scan()
    }

    /// The number of complete rows, without blank lines.
    package var count: Int { ends.count }

    /// Bytes behind the last complete row.
    package var rest: Int { bytes.count - (ends.last ?? 0) }

    /// Takes in further bytes of the stream.
    package mutating func append(_ more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
        scan()
    }

    /// Ends the last row, where the stream ends without a line feed. Returns whether there was one.
    package mutating func finish() -> Bool {
        guard hasContent else { return false }
        ends.append(bytes.count)
        (hasContent, isQuoted) = (false, false)
        return true
    }

    private mutating func scan() {
        while scanned < bytes.count {
            let byte = bytes[scanned]
            scanned += 1
            switch byte {
            case UInt8(ascii: "\n") where !isQuoted:
                if hasContent { ends.append(scanned) }
                hasContent = false
            case UInt8(ascii: "\r") where !isQuoted: break
            case UInt8(ascii: "\""):
                isQuoted.toggle()
                hasContent = true
            default: hasContent = true
            }
        }
    }

    /// The bytes of some of the complete rows, with blank lines before them.
    package subscript(rows: Range<Int>) -> ArraySlice<UInt8> {
        let start = rows.lowerBound == 0 ? 0 : ends[rows.lowerBound - 1]
        return bytes[start..<(rows.isEmpty ? start : ends[rows.upperBound - 1])]
    }

    /// Removes the first `count` complete rows, and returns their bytes.
    package mutating func take(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        let taken = Array(self[0..<count])
        bytes.removeFirst(taken.count)
        ends = ends.dropFirst(count).map { $0 - taken.count }
        scanned -= taken.count
        return taken
    }
}
