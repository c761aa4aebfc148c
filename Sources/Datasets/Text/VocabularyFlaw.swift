/// What a saved vocabulary, or a saved list of classes, can't be.
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
                what: names.count == 0 ? "no \(what)" : "only the \(what) \([names[0]].firstTen)",
                expected: minimum == 1 ? "at least one" : "at least \(minimum)")
        }
        var seen: Set<String> = []
        for name in names {
            guard !name.isEmpty else {
                throw VocabularyFlaw(what: "a \(what) without a name", expected: "a name for each")
            }
            guard seen.insert(name).inserted else {
                throw VocabularyFlaw(what: "the \(what) \([name].firstTen) twice", expected: "each once")
            }
        }
    }
}

extension Sequence<String> {
    /// The first ten, each cut and without control characters, and how many more there are; for errors, which are one line.
    package var firstTen: String {
        var (shown, count): ([String], Int) = ([], 0)
        for name in self {
            count += 1
            guard count <= 10 else { continue }
            let start = name.unicodeScalars.prefix(40)
            let printable = start.map { $0.properties.generalCategory == .control ? "\u{fffd}" : String($0) }.joined()
            shown.append(printable + (name.unicodeScalars.dropFirst(40).isEmpty ? "" : "…"))
        }
        return shown.joined(separator: ", ") + (count > 10 ? " and \(count - 10) more" : "")
    }
}
