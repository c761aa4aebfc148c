extension Sequence {
    /// The elements as text with commas between them: at most `limit` of them, each of at most `longest` characters,
    /// and how many more there are.
    package func listed(
        limit: Int = 10, separator: String = ", ", longest: Int = 200, _ text: (Element) -> String = { "\($0)" }
    ) -> String {
        var (shown, count): ([String], Int) = ([], 0)
        for element in self {
            if count < limit { shown.append(text(element).printable.shortened(to: longest)) }
            count += 1
        }
        return shown.joined(separator: separator) + (count > limit ? " and \(count - limit) more" : "")
    }
}
