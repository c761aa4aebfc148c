extension Sequence {
    /// The elements as text with commas between them: at most ten of them, and how many more there are.
    package func listed(limit: Int = 10, separator: String = ", ", _ text: (Element) -> String = { "\($0)" }) -> String
    {
        var (shown, count): ([String], Int) = ([], 0)
        for element in self {
            if count < limit { shown.append(text(element).printable.shortened(to: 200)) }
            count += 1
        }
        return shown.joined(separator: separator) + (count > limit ? " and \(count - limit) more" : "")
    }
}
