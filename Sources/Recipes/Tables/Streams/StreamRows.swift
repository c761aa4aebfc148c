import Datasets
import Training

/// Rows of a stream, with the number of the first in the stream, from 0.
struct StreamBatch: Sendable {
    let rows: TableBatch
    let first: Int
}

/// The rows of a stream, which nobody can count, or those of a file to test on.
struct StreamRows: Dataset {
    let count: Int
    private let rows: TableRows?

    /// A stream, of at most 2³² - 1 rows.
    static let stream = StreamRows(count: Int(UInt32.max), rows: nil)

    private init(count: Int, rows: TableRows?) { (self.count, self.rows) = (count, rows) }

    /// Rows to test on.
    init(_ rows: TableRows?) { self.init(count: rows?.count ?? 0, rows: rows) }

    var checksum: UInt32? { rows?.checksum }

    func check(_ samples: [Int]) throws { if rows == nil { throw RowsAreGone() } }

    func batch(of samples: [Int]) throws -> StreamBatch {
        guard let rows else { throw RowsAreGone() }
        return StreamBatch(rows: rows.batch(of: samples), first: samples.first ?? 0)
    }
}

/// Rows of a stream were asked for by their numbers.
struct RowsAreGone: Error, CustomStringConvertible {
    let description =
        "the rows of a stream come once, and cannot be read by their numbers; train the recipe csv on a file of them"
}
