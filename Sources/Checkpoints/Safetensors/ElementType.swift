/// The element types of the safetensors format, by the names that it gives them.
public enum ElementType: String, Sendable, CaseIterable {
    case bool = "BOOL"
    case unsigned8 = "U8"
    case signed8 = "I8"
    case float8e4m3 = "F8_E4M3"
    case float8e5m2 = "F8_E5M2"
    case unsigned16 = "U16"
    case signed16 = "I16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case unsigned32 = "U32"
    case signed32 = "I32"
    case float32 = "F32"
    case unsigned64 = "U64"
    case signed64 = "I64"
    case float64 = "F64"

    /// The bytes of one element.
    public var byteCount: Int {
        switch self {
        case .bool, .unsigned8, .signed8, .float8e4m3, .float8e5m2: 1
        case .unsigned16, .signed16, .float16, .bfloat16: 2
        case .unsigned32, .signed32, .float32: 4
        case .unsigned64, .signed64, .float64: 8
        }
    }
}

extension ElementType {
    /// The types whose elements `values(of:)` converts, other than Float32 itself.
    static let convertible: [ElementType] = [.float16, .bfloat16, .float64]

    /// The elements in `bytes` as Float32, rounded to nearest; nil if the type is not among `convertible`.
    func values(of bytes: [UInt8]) -> [Float]? {
        bytes.withUnsafeBytes { raw in
            func elements<Bits: FixedWidthInteger>(_: Bits.Type, _ value: (Bits) -> Float) -> [Float] {
                (0..<raw.count / byteCount).map {
                    value(Bits(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * byteCount, as: Bits.self)))
                }
            }
            switch self {
            case .float16: return elements(UInt16.self) { Float(Float16(bitPattern: $0)) }
            case .bfloat16: return elements(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
            case .float64: return elements(UInt64.self) { Float(Double(bitPattern: $0)) }
            default: return nil
            }
        }
    }
}
