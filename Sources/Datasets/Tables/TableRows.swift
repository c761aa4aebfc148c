import Preconditions
public import TensorEngine

/// Rows of a table as numbers, with what is to be predicted of each.
public struct TableRows: Dataset {
    /// How many numbers a row has.
    public let width: Int
    private let inputs, targets: [Float]

    /// Rows of `width` inputs each, one after the other, and a target each.
    public init(inputs: [Float], width: Int, targets: [Float]) {
        require(
            inputs.count == targets.count * width,
            "TableRows: \(inputs.count) inputs do not make \(targets.count) rows of \(width)")
        (self.inputs, self.width, self.targets) = (inputs, width, targets)
    }

    /// The number of rows.
    public var count: Int { targets.count }

    /// The CRC-32 of inputs and targets, of large tables a part of them.
    public var checksum: UInt32? {
        var checksum = DataChecksum()
        inputs.withUnsafeBytes { checksum.append($0) }
        targets.withUnsafeBytes { checksum.append($0) }
        return checksum.value
    }

    /// The rows of these numbers.
    public func batch(of samples: [Int]) -> TableBatch {
        TableBatch(
            inputs: Tensor(
                samples.flatMap { inputs[($0 * width)..<(($0 + 1) * width)] }, shape: [samples.count, width]),
            targets: samples.map { targets[$0] })
    }
}

/// Some rows of a table.
public struct TableBatch: Sendable {
    /// The inputs, [n, width].
    public let inputs: Tensor
    /// The standardised numbers, or the numbers of the classes.
    public let targets: [Float]
}
