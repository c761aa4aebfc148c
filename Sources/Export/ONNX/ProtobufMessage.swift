/// A message of Protocol Buffers in its wire format, field by field.
///
/// ONNX needs a dozen message types, written and never read: this in place of swift-protobuf with several thousand lines of
/// generated code. Source: protobuf.dev, "Encoding".
struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    /// An int64 or an enum.
    mutating func integer(_ field: Int, _ value: Int) {
        tag(field, 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func float(_ field: Int, _ value: Float) {
        tag(field, 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

    mutating func message(_ field: Int, _ value: ProtobufMessage) { data(field, value.bytes) }

    /// A repeated int64, packed.
    mutating func integers(_ field: Int, _ values: [Int]) {
        var packed = ProtobufMessage()
        for value in values { packed.varint(UInt64(bitPattern: Int64(value))) }
        data(field, packed.bytes)
    }

    /// The bytes of numbers, each little-endian.
    mutating func numbers(_ field: Int, _ values: [Float]) {
        tag(field, 2)
        varint(UInt64(values.count * 4))
        bytes.reserveCapacity(bytes.count + values.count * 4)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    }

    mutating func data(_ field: Int, _ value: [UInt8]) {
        tag(field, 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    private mutating func tag(_ field: Int, _ wireType: Int) { varint(UInt64(field << 3 | wireType)) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
