import Foundation

/// The error as one line of bounded length that a terminal can show.
///
/// An error of this package says itself what was found and what to do. One of Swift or Foundation, which should have
/// been turned into one of ours where it was caught, is put into words here: its own text, with types and coding
/// paths, is not for users.
package func errorLine(_ error: any Error) -> String {
    (foreignMessage(error) ?? "\(error)").printable.shortened(to: longestErrorLine)
}

/// The characters of an error line, at most.
package let longestErrorLine = 4000

/// The message of an error that is not of this package; nil for one that is.
package func foreignMessage(_ error: any Error) -> String? {
    switch error {
    case let error as DecodingError: return "found \(summary(error)) in JSON that does not hold what it should"
    case EncodingError.invalidValue(let value, let context):
        let place = context.codingPath.map(\.stringValue).joined(separator: ".").shortened(to: 100)
        return "\("\(value)".shortened(to: 40))" + (place.isEmpty ? "" : " as \(place)")
    case let error as POSIXError: return String(cString: strerror(error.code.rawValue))
    case let error as CocoaError:
        let reason = (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
        return
            "cannot use \(error.filePath ?? "a file"): \(reason ?? "the system refused (code \(error.code.rawValue))")"
    default:
        let type = String(reflecting: type(of: error))
        let isForeign = ["Swift.", "Foundation.", "FoundationEssentials.", "__C.", "Yams."].contains {
            type.hasPrefix($0)
        }
        return isForeign ? "an unforeseen error of the system (\(type))" : nil
    }
}

/// What was found where a value could not be decoded, such as `no "step"`.
package func summary(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context): return "no \"\(path(context, key))\""
    case .typeMismatch(_, let context): return "a \"\(path(context))\" of another type"
    case .valueNotFound(_, let context): return "no value for \"\(path(context))\""
    case .dataCorrupted(let context) where context.codingPath.isEmpty: return "text that is not JSON"
    case .dataCorrupted(let context): return "an unreadable \"\(path(context))\""
    @unknown default: return "a value that cannot be read"
    }
}

private func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
    (context.codingPath.map(\.stringValue) + [key?.stringValue].compactMap { $0 })
        .joined(separator: ".").printable.shortened(to: 100)
}
