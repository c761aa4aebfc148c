import Foundation
import RunRecords

/// A file of results that a user names.
package enum ResultFile {
    /// Writes `text` to the file at `path`, in place of what it had. *Local.*
    package static func write(_ text: String, to path: String) throws {
        let file = try FileOutput(path: path, flags: O_TRUNC)
        try file.write(Data(text.utf8))
    }
}
