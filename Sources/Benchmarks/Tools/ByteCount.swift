/// Numbers of bytes as people write them, in powers of 1024.
public enum ByteCount {
    private static let units = [("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1)]

    /// `4 KB`, `1 MB`: in the largest unit of which it is a multiple.
    public static func text(_ bytes: Int) -> String {
        let unit = units.first { bytes >= $0.1 && bytes % $0.1 == 0 } ?? ("B", 1)
        return "\(bytes / unit.1) \(unit.0)"
    }

    /// Parses bytes, such as `4KB`, `64k`, `1M` or `512`; nil if it is not of this form.
    public static func bytes(_ text: String) -> Int? {
        let text = text.trimmingPrefix(" ").uppercased().replacing(" ", with: "").replacing("IB", with: "B")
        for (name, size) in units {
            for ending in [name, String(name.prefix(1))] where text.hasSuffix(ending) {
                guard let count = Int(text.dropLast(ending.count)), count > 0 else { return nil }
                let (bytes, overflows) = count.multipliedReportingOverflow(by: size)
                return overflows ? nil : bytes
            }
        }
        return Int(text).flatMap { $0 > 0 ? $0 : nil }
    }
}
