/// Numbers with a unit, as the command line takes them.
public enum Quantity {
    /// Parses seconds, such as `2us`, `0.5ms` or `1s`; nil if it is not of this form.
    public static func seconds(_ text: String) -> Double? {
        value(text, [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1)])
    }

    /// Parses bytes per second, such as `25gbit`, `100Mbit/s` or `10GB/s`; nil if it is not of this form.
    public static func bytesPerSecond(_ text: String) -> Double? {
        var text = text.lowercased()
        for ending in ["/s", "ps"] where text.hasSuffix(ending) { text.removeLast(2) }
        return value(
            text,
            [
                ("gbit", 1e9 / 8), ("mbit", 1e6 / 8), ("kbit", 1e3 / 8), ("gb", 1e9), ("mb", 1e6), ("kb", 1e3),
            ])
    }

    /// A number of zero or more before one of the units.
    private static func value(_ text: String, _ units: [(name: String, factor: Double)]) -> Double? {
        for (name, factor) in units where text.hasSuffix(name) {
            guard let number = Double(text.dropLast(name.count)), number >= 0, number.isFinite else { return nil }
            return number * factor
        }
        return nil
    }
}
