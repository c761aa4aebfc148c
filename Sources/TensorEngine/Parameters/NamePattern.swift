/// A pattern for names of parameters: `*` stands for any characters, or none; all others for themselves.
public struct NamePattern: Sendable, Equatable, ExpressibleByStringLiteral {
    /// The pattern as it is written, such as `encoder.*.bias`.
    public let text: String

    /// The pattern written as `text`.
    public init(_ text: String) { self.text = text }
    /// The pattern written as a literal.
    public init(stringLiteral text: String) { self.text = text }

    /// Whether `name` as a whole fits the pattern.
    public func matches(_ name: String) -> Bool {
        let (pattern, name) = (Array(text.utf8), Array(name.utf8))
        let star = UInt8(ascii: "*")
        var (p, n) = (0, 0)
        // after a mismatch the last star takes one character more
        var retry: (p: Int, n: Int)?
        while n < name.count {
            if p < pattern.count && pattern[p] == star {
                retry = (p, n)
                p += 1
            } else if p < pattern.count && pattern[p] == name[n] {
                (p, n) = (p + 1, n + 1)
            } else if let last = retry {
                retry = (last.p, last.n + 1)
                (p, n) = (last.p + 1, last.n + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == star }
    }
}
