import Messages

/// An invalid vocabulary or list of classes in a checkpoint.
public struct VocabularyFlaw: Error, CustomStringConvertible, Equatable {
    /// What was found, and what was expected.
    let what, expected: String

    /// What was found, and what was expected.
    public init(what: String, expected: String) { (self.what, self.expected) = (what, expected) }

    /// One line.
    public var description: String { "found \(what), expected \(expected)" }

    /// Throws unless `names` are at least `minimum` different ones, none of them empty; `what` is what one is called.
    package static func check(_ names: [String], atLeast minimum: Int, _ what: String) throws(VocabularyFlaw) {
        guard names.count >= minimum else {
            throw VocabularyFlaw(
                what: names.count == 0 ? "no \(what)" : "only the \(what) \([names[0]].listedNames)",
                expected: minimum == 1 ? "at least one" : "at least \(minimum)")
        }
        var seen: Set<String> = []
        for name in names {
            guard !name.isEmpty else {
                throw VocabularyFlaw(what: "a \(what) without a name", expected: "a name for each")
            }
            guard seen.insert(name).inserted else {
                throw VocabularyFlaw(what: "the \(what) \([name].listedNames) twice", expected: "each once")
            }
        }
    }
}
