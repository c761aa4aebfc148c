/// The numbers of a small field of all samples of a packed file, such as their labels.
public struct PackedColumn<Number: PackedNumber>: RandomAccessCollection, Sendable {
    private let file: PackedFile
    private let field: Int

    /// The column of the field `name`. Throws if the file has no such single numbers of this type.
    public init(_ file: PackedFile, _ name: String) throws(DatasetError) {
        self.file = file
        field = try file.field(name, Number.element, axes: 0)
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { file.count }

    public subscript(sample: Int) -> Number {
        // a column has no parts that could be damaged one by one
        let value = try? file.withValue(field, of: sample) { _, bytes in bytes.loadUnaligned(as: Number.self) }
        guard let value else { preconditionFailure("PackedColumn: the field is no column") }
        return value
    }
}
