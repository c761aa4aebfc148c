import Foundation

extension String {
    /// The text without white space around it.
    package var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
