package import Kernels

/// The parameters of a model in one flat buffer: each is a slice that begins at a multiple of 64 bytes.
///
/// Gradients and optimizer state have the same layout, so a bucket, a fused update and a checkpoint are slices of buffers.
public final class ParameterArena {
    /// The name of each parameter, such as `layers.0.weight`.
    public let names: [String]
    /// The parameters, in the order of registration.
    public let parameters: [Parameter]
    /// Where each parameter lies in the buffer.
    package let ranges: [Range<Int>]
    /// The elements of all parameters; zero between them.
    package let buffer: Buffer

    /// Moves the parameters of `tree` into a new arena.
    public init(_ tree: ParameterTree) {
        let named = tree.named
        names = named.map(\.name)
        parameters = named.map(\.parameter)
        var end = 0
        ranges = parameters.map { parameter in
            let start = (end + 15) / 16 * 16
            end = start + parameter.shape.count
            return start..<end
        }
        buffer = Buffer(repeating: 0, count: (end + 15) / 16 * 16)
        for (parameter, range) in zip(parameters, ranges) { parameter.move(to: Buffer(sliceOf: buffer, range)) }
    }

    /// The number of elements of all parameters.
    public var elementCount: Int { ranges.reduce(0) { $0 + $1.count } }

    /// A new buffer of the arena's layout, all zero.
    package func zeros() -> Buffer { Buffer(repeating: 0, count: buffer.count) }

    /// The shape of a parameter.
    public func shape(of index: Int) -> Shape { parameters[index].shape }
}
