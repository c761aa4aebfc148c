/// The kind of a field of a table: missing, number, date or text. Only this type decides it.
package enum FieldKind: Equatable, Sendable {
    /// No value.
    case missing
    /// No value in a column of numbers or dates; elsewhere a text.
    case missingNumber
    /// A number, within bounds that keep its square finite.
    case number(Double)
    /// A number beyond these bounds.
    case hugeNumber
    case date(DateField)
    /// Anything else.
    case text
}

/// Tells what fields are.
///
/// Blanks around a number, a date or a marker of missing values don't count. A field in quotes is a value: the usual
/// markers in quotes are texts, except in columns of numbers and dates; an empty one is missing.
package struct FieldReader: Sendable {
    /// The largest number: the squares of ten million of them have a sum in Float64.
    package static let largest = 1e150

    package let numbers: NumberText
    private let missing: Set<[UInt8]>
    private let missingNumbers: Set<[UInt8]>
    /// The markers of missing values that are numbers.
    private let markers: [Double]
    private let longest: Int

    package init(_ format: TableFormat) {
        numbers = NumberText(decimal: format.decimal, thousands: format.thousands ?? 0)
        let words = format.missing + (format.usesUsualMissing ? TableFormat.usualMissing : [""])
        missing = Set(words.map { Array($0.utf8) })
        let weak = format.usesUsualMissing ? TableFormat.usualMissingNumbers : []
        missingNumbers = Set(weak.map { Array($0.utf8) })
        let (numbers, missing) = (numbers, format.missing)
        markers = missing.compactMap { text in
            Array(text.utf8).withUnsafeBufferPointer { numbers.value($0) }
        }
        longest = (self.missing.map(\.count) + missingNumbers.map(\.count)).max() ?? 0
    }

    /// The kind of the field `bytes`, whose doubled quotes have been undone.
    @inline(__always)
    package func kind(_ bytes: UnsafeBufferPointer<UInt8>, isQuoted: Bool) -> FieldKind {
        if let value = numbers.value(bytes) {
            if !markers.isEmpty, markers.contains(value) { return .missing }
            return abs(value) <= Self.largest ? .number(value) : .hugeNumber
        }
        return wordKind(bytes, isQuoted: isQuoted)
    }

    /// The number that a field is, where it is one within the bounds and no marker; nil tells nothing: see `kind`.
    @inline(__always)
    func plainNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        guard let value = numbers.value(bytes), markers.isEmpty, abs(value) <= Self.largest else { return nil }
        return value
    }

    private func wordKind(_ bytes: UnsafeBufferPointer<UInt8>, isQuoted: Bool) -> FieldKind {
        var (start, end) = (0, bytes.count)
        while start < end, NumberText.isBlank(bytes[start]) { start += 1 }
        while start < end, NumberText.isBlank(bytes[end - 1]) { end -= 1 }
        if start == end { return .missing }
        let text = UnsafeBufferPointer(rebasing: bytes[start..<end])
        if text.count <= longest {
            let word = Array(text)
            if missing.contains(word) { return isQuoted ? .missingNumber : .missing }
            if missingNumbers.contains(word) { return .missingNumber }
        }
        guard text.count <= 40 else { return .text }
        return DateField(text).map { .date($0) } ?? .text
    }

    /// Whether the bytes are a number by another decimal sign, or with signs between groups of digits.
    package func isOtherNumber(_ bytes: [UInt8]) -> Bool {
        let (point, comma) = (UInt8(ascii: "."), UInt8(ascii: ","))
        return bytes.withUnsafeBufferPointer { bytes in
            [(comma, 0), (point, comma), (comma, point)].contains { decimal, thousands in
                NumberText(decimal: decimal, thousands: thousands).value(bytes) != nil
            }
        }
    }
}
