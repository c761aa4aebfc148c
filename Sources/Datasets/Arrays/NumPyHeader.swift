import Messages

/// The header of an array in NumPy's format.
///
/// Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays": the magic `\x93NUMPY`, the version in
/// two bytes, the length of the text in two bytes (version 1) or four (2 and 3), and a Python dictionary of `descr`,
/// `fortran_order` and `shape`.
struct NumPyHeader: Equatable, Sendable {
    /// The data type of the elements.
    let type: NumberType
    /// Whether the elements have the byte order that this machine has not.
    let isSwapped: Bool
    /// Whether the first axis varies fastest.
    let isFortran: Bool
    /// The extents of the axes; empty for a single number.
    let shape: [Int]
    /// The number of elements.
    let count: Int

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// The most bytes of a header's text; NumPy refuses longer ones as well.
    private static let longest = 10_000

    /// Reads the header at the beginning of `stream`; errors call the array `name`.
    init(_ stream: some ByteSource, name: String) throws(DatasetError) {
        func unusable(_ found: String, _ expected: String) -> DatasetError {
            .unusable(path: name, found: found, expected: expected)
        }
        let start = try stream.bytes(8)
        guard start.count == 8, start.starts(with: Self.magic) else {
            let format = ForeignFormat(of: start)?.name
            throw unusable(
                start.isEmpty ? "no bytes" : format ?? "the first bytes \(start.excerpt)",
                "an array as numpy.save writes it (.npy)")
        }
        guard (1...3).contains(start[6]) else {
            throw unusable("version \(start[6]).\(start[7]) of the format", "version 1, 2 or 3")
        }
        let width = start[6] == 1 ? 2 : 4
        let lengthBytes = try stream.bytes(width)
        guard lengthBytes.count == width else { throw unusable("the end of the file in its header", "a whole header") }
        let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.longest else {
            throw unusable("a header of \(length) bytes", "at most \(Self.longest)")
        }
        let text = try stream.bytes(length)
        guard text.count == length else { throw unusable("the end of the file in its header", "a whole header") }
        var parser = PythonLiteral(text)
        guard let dictionary = parser.dictionary() else {
            throw unusable("the header \(text.excerpt)", "a dictionary of descr, fortran_order and shape")
        }
        guard let description = dictionary["descr"], case .flag(let isFortran)? = dictionary["fortran_order"],
            case .whole(let shape)? = dictionary["shape"]
        else { throw unusable("the header \(text.excerpt)", "a dictionary of descr, fortran_order and shape") }
        // as NumPy itself
        guard shape.count <= 32 else { throw unusable("\(shape.count) axes", "at most 32") }
        (self.isFortran, self.shape) = (isFortran, shape)
        (type, isSwapped) = try Self.type(description, unusable)
        var count = 1
        for extent in shape {
            let (product, overflows) = count.multipliedReportingOverflow(by: extent)
            guard !overflows, product <= Int.max / 16 else {
                throw unusable("the shape \(shape.listed())", "fewer than 2⁵⁹ elements")
            }
            count = product
        }
        self.count = count
    }

    /// The type and the byte order that `descr` stands for.
    private static func type(
        _ description: PythonLiteral.Value, _ unusable: (String, String) -> DatasetError
    ) throws(DatasetError) -> (NumberType, isSwapped: Bool) {
        guard case .text(let text) = description, let order = text.first else {
            throw unusable("a structured array (several fields in an element)", "an array of numbers; save each field")
        }
        let code = "<>|=".contains(order) ? text.dropFirst() : text[...]
        if let type = NumberType(code: code) {
            let isBigEndian = order == ">"
            return (type, type.size > 1 && isBigEndian)
        }
        switch code.first {
        case "O":
            throw unusable(
                "Python objects, which only pickle reads",
                "an array of numbers; convert it (numpy.stack, or array.astype('float32'))")
        case "c":
            throw unusable(
                "complex numbers (\(text.excerpt))",
                "real ones; save numpy.stack([x.real, x.imag], axis=-1)")
        case "U", "S", "a":
            throw unusable(
                "texts (\(text.excerpt))",
                "numbers; number the classes (numpy.unique(y, return_inverse=True)[1])")
        case "f":
            throw unusable(
                "numbers of type \(text.excerpt)", "float16, float32 or float64; convert them (array.astype('float64'))"
            )
        case "M", "m":
            throw unusable("dates (\(text.excerpt))", "numbers; convert them (array.astype('int64'))")
        default:
            throw unusable(
                "elements of type \(text.excerpt)",
                "one of \(NumberType.allCases.map(\.rawValue).joined(separator: ", "))")
        }
    }

    /// The bytes of a header for an array in C order, filled with blanks to a multiple of 64.
    static func bytes(_ type: NumberType, shape: [Int]) -> [UInt8] {
        let sizes = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let text = "{'descr': '\(type.description)', 'fortran_order': False, 'shape': (\(sizes)), }"
        let isLong = text.utf8.count + 11 + 64 > Int(UInt16.max)
        let prefix = isLong ? 12 : 10
        let padding = 63 - (prefix + text.utf8.count) % 64
        let length = text.utf8.count + padding + 1
        let lengthBytes = (0..<(prefix - 8)).map { UInt8(length >> (8 * $0) & 0xff) }
        return magic + [isLong ? 2 : 1, 0] + lengthBytes + Array(text.utf8) + [UInt8](repeating: 0x20, count: padding)
            + [0x0a]
    }
}
