/// A number as packed files hold it, lowest byte first.
public protocol PackedNumber: BitwiseCopyable, Sendable {
    /// The type of the number.
    static var element: PackedField.Element { get }
}

extension UInt8: PackedNumber { public static var element: PackedField.Element { .uint8 } }
extension Int16: PackedNumber { public static var element: PackedField.Element { .int16 } }
extension Int32: PackedNumber { public static var element: PackedField.Element { .int32 } }
extension Int64: PackedNumber { public static var element: PackedField.Element { .int64 } }
extension Float: PackedNumber { public static var element: PackedField.Element { .float32 } }

/// A field of each sample of a packed file: an array of numbers under a name.
public struct PackedField: Codable, Sendable, Equatable {
    /// The type of the numbers, by NumPy's names.
    public enum Element: String, Codable, Sendable, CaseIterable {
        case uint8, int16, int32, int64, float32

        /// The bytes of a number.
        public var size: Int {
            switch self {
            case .uint8: 1
            case .int16: 2
            case .int32, .float32: 4
            case .int64: 8
            }
        }
    }

    /// The name of the field, such as `image`.
    public let name: String
    /// The type of its numbers.
    public let element: Element
    /// The sizes of its axes, nil for one that varies from sample to sample; empty for a single number.
    public let shape: [Int?]

    /// A field of this name, type and shape.
    public init(_ name: String, _ element: Element, shape: [Int?] = []) {
        (self.name, self.element, self.shape) = (name, element, shape)
    }

    /// The axes whose sizes vary.
    var variableAxes: Int { shape.count { $0 == nil } }

    /// The bytes of a value of this shape; nil if it is not one of the field's, or too large.
    func byteCount(_ shape: [Int]) -> Int? {
        guard shape.count == self.shape.count, zip(shape, self.shape).allSatisfy({ $0 >= 0 && $0 == $1 ?? $0 }) else {
            return nil
        }
        var bytes = element.size
        for size in shape {
            let (product, overflows) = bytes.multipliedReportingOverflow(by: size)
            guard !overflows, product <= Self.mostBytes else { return nil }
            bytes = product
        }
        return bytes
    }

    /// Whether the values of all samples lie next to each other: labels and the like, which are read without the samples.
    var isColumn: Bool {
        variableAxes == 0 && (byteCount(shape.map { $0 ?? 0 }) ?? .max) <= Self.mostColumnBytes
    }

    static let mostBytes = 1 << 31
    private static let mostColumnBytes = 16
    static let mostAxes = 16
}

/// The value of a field, to be packed.
public struct PackedValue: Sendable, Equatable {
    /// The type of the numbers.
    public let element: PackedField.Element
    /// The sizes of the axes.
    public let shape: [Int]
    /// The numbers in row-major order, lowest byte first.
    public let bytes: [UInt8]

    /// An array of numbers in row-major order.
    public init<Number: PackedNumber>(_ values: [Number], shape: [Int]) {
        (element, self.shape) = (Number.element, shape)
        bytes = values as? [UInt8] ?? values.withUnsafeBytes { Array($0) }
    }

    /// A single number.
    public init(_ value: some PackedNumber) { self.init([value], shape: []) }
}
