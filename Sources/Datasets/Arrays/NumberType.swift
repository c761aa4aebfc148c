import CKernels

/// The data type (dtype) of the elements of an array: NumPy's types of real numbers, by NumPy's names.
public enum NumberType: String, Codable, Sendable, CaseIterable {
    case bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64

    /// The bytes of an element.
    public var size: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Whether the elements are integers; those of `bool` are 0 and 1.
    public var isInteger: Bool { ![.float16, .float32, .float64].contains(self) }

    /// The letter of NumPy's array protocol: `b`, `u`, `i` or `f`.
    private var kind: Character {
        switch self {
        case .bool: "b"
        case .uint8, .uint16, .uint32, .uint64: "u"
        case .int8, .int16, .int32, .int64: "i"
        case .float16, .float32, .float64: "f"
        }
    }

    /// The type description without the byte order, such as `f4`. Source: NumPy, "The array interface protocol".
    var code: String { "\(kind)\(size)" }

    /// The type description of arrays that are written: little-endian, such as `<f4`.
    var description: String { (size == 1 ? "|" : "<") + code }

    /// The type of this description without its byte order; nil if there is none.
    init?(code: some StringProtocol) {
        guard let type = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = type
    }

    /// The type in C.
    var kernelType: lockstep_number_type {
        switch self {
        case .bool, .uint8: LOCKSTEP_UINT8
        case .int8: LOCKSTEP_INT8
        case .uint16: LOCKSTEP_UINT16
        case .int16: LOCKSTEP_INT16
        case .uint32: LOCKSTEP_UINT32
        case .int32: LOCKSTEP_INT32
        case .uint64: LOCKSTEP_UINT64
        case .int64: LOCKSTEP_INT64
        case .float16: LOCKSTEP_FLOAT16
        case .float32: LOCKSTEP_FLOAT32
        case .float64: LOCKSTEP_FLOAT64
        }
    }
}
