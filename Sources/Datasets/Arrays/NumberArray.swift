import CKernels
import Messages
import Preconditions

/// An array of numbers in the form of its file: of any shape, row-major, in the byte order of this machine.
public struct NumberArray: Sendable {
    /// The data type of the elements.
    public let type: NumberType
    /// The extents of the axes; the first one numbers the samples.
    public let shape: [Int]
    /// The elements, which the ranks of a host share.
    public let elements: HostBytes

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }
    /// The elements of an entry of the first axis.
    public var sampleSize: Int { shape.dropFirst().reduce(1, *) }

    /// The array of these bytes; nil if they are not as many as type and shape need.
    public init?(type: NumberType, shape: [Int], elements: HostBytes) {
        guard shape.allSatisfy({ $0 >= 0 }), elements.count == shape.reduce(type.size, *) else { return nil }
        (self.type, self.shape, self.elements) = (type, shape, elements)
    }

    /// The array in the file at `path` as `numpy.save` writes it (`.npy`), plain or compressed with gzip. *Local.*
    ///
    /// Other byte orders and Fortran order are converted; complex numbers, texts, dates and Python objects are refused by name.
    public init(path: String) throws(DatasetError) { try self.init(ByteStream(path: path), name: path) }

    /// The array that begins at the beginning of `source`.
    init(_ source: some ByteSource, name: String, limit: ContentLimit = ContentLimit()) throws(DatasetError) {
        let header = try NumPyHeader(source, name: name)
        let bytes = header.count * header.type.size
        if let known = source.knownCount {
            // checked before memory is taken; what the header takes is not counted here
            guard bytes <= known else { throw Self.otherCount(header, found: known, orMore: false, name) }
        }
        try limit.check(header.isFortran && header.shape.count > 1 ? 2 * bytes : bytes, of: name)
        let builder = HostArrayBuilder<UInt8>()
        while builder.count < bytes {
            let (before, wanted) = (builder.count, min(1 << 20, bytes - builder.count))
            try builder.append(atMost: wanted) { (room) throws(DatasetError) in
                try source.read(into: UnsafeMutableRawBufferPointer(room))
            }
            if builder.count - before < wanted { break }
        }
        guard builder.count == bytes else {
            throw Self.otherCount(header, found: builder.count, orMore: false, name)
        }
        let rest = try source.bytes(1)
        guard rest.isEmpty else { throw Self.otherCount(header, found: bytes + 1, orMore: true, name) }
        let content = builder.finish().bytes
        if header.isSwapped { Self.swap(content, header) }
        (type, shape) = (header.type, header.shape)
        elements = header.isFortran && shape.count > 1 ? try Self.rowMajor(content, header) : content
    }

    private static func otherCount(
        _ header: NumPyHeader, found: Int, orMore: Bool, _ name: String
    ) -> DatasetError {
        let wanted = header.count * header.type.size
        return .unusable(
            path: name, found: orMore ? "more bytes" : "\(found) bytes",
            expected: "\(wanted) for \(header.type.rawValue) of the shape (\(header.shape.listed()))")
    }

    /// Reverses the bytes of each element, in memory that nobody else has seen yet.
    private static func swap(_ content: HostBytes, _ header: NumPyHeader) {
        content.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            lockstep_swap_bytes(UnsafeMutableRawPointer(mutating: base), header.type.size, header.count)
        }
    }

    /// The elements with the last axis varying fastest, of such with the first one doing so.
    private static func rowMajor(_ content: HostBytes, _ header: NumPyHeader) throws(DatasetError) -> HostBytes {
        var strides = [Int](repeating: 1, count: header.shape.count)
        for axis in 1..<strides.count { strides[axis] = strides[axis - 1] * header.shape[axis - 1] }
        return try gathered(content, size: header.type.size, shape: header.shape, strides: strides)
    }

    /// The same array with the axis 1 behind the others: [n, channels, …] → [n, …, channels].
    package func withChannelsLast() throws(DatasetError) -> NumberArray {
        guard shape.count > 2 else { return self }
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in (0..<(shape.count - 1)).reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        let order = [0] + Array(2..<shape.count) + [1]
        let permuted = order.map { shape[$0] }
        let content = try Self.gathered(
            elements, size: type.size, shape: permuted, strides: order.map { strides[$0] })
        return NumberArray(type, permuted, content)
    }

    /// The same array with another shape of as many elements.
    package func reshaped(_ shape: [Int]) -> NumberArray {
        require(shape.reduce(1, *) == count, "NumberArray: \(count) elements do not have the shape \(shape)")
        return NumberArray(type, shape, elements)
    }

    private init(_ type: NumberType, _ shape: [Int], _ elements: HostBytes) {
        (self.type, self.shape, self.elements) = (type, shape, elements)
    }

    /// A copy of elements of `size` bytes in row-major order, of which an index's place is its product with `strides`.
    private static func gathered(
        _ content: HostBytes, size: Int, shape: [Int], strides: [Int]
    ) throws(DatasetError) -> HostBytes {
        let builder = HostArrayBuilder<UInt8>()
        try builder.append(atMost: content.count) { (output) throws(DatasetError) in
            content.withUnsafeBytes { input in
                guard let source = input.baseAddress, let target = output.baseAddress else { return }
                lockstep_gather_elements(source, target, size, shape, strides, shape.count)
            }
            return content.count
        }
        return builder.finish().bytes
    }

    /// Writes the elements from `start` on as Float64, as many as there is room for.
    public func copy(from start: Int, to output: UnsafeMutableBufferPointer<Double>) {
        require(
            start >= 0 && output.count <= count - start, "NumberArray: elements \(start) + \(output.count) of \(count)")
        elements.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let target = output.baseAddress else { return }
            lockstep_numbers_to_double(base + start * type.size, type.kernelType, target, output.count)
        }
    }

    /// Whole numbers as they are, exactly; of numbers that are none their integer part.
    package func integers(in samples: Range<Int>) -> [Int64] {
        elements.withUnsafeBytes { bytes in
            samples.map { index in
                let offset = index * type.size
                func load<Number: BinaryInteger & BitwiseCopyable>(_: Number.Type) -> Int64 {
                    Int64(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
                }
                switch type {
                case .bool: return bytes[offset] == 0 ? 0 : 1
                case .uint8: return load(UInt8.self)
                case .int8: return load(Int8.self)
                case .uint16: return load(UInt16.self)
                case .int16: return load(Int16.self)
                case .uint32: return load(UInt32.self)
                case .int32: return load(Int32.self)
                case .uint64: return load(UInt64.self)
                case .int64: return load(Int64.self)
                case .float16, .float32, .float64: return 0
                }
            }
        }
    }
}
