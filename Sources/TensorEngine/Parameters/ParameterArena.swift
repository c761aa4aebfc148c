package import Kernels
import Preconditions

/// The parameters of a model in one flat buffer, followed by its running statistics: each is a slice that begins at a
/// multiple of 64 bytes.
///
/// Gradients and optimizer state have the same layout: buckets, fused updates and checkpoints are slices of such
/// buffers.
public final class ParameterArena {
    /// The name of each parameter, such as `layers.0.weight`.
    public let names: [String]
    /// The parameters, in the order of registration.
    public let parameters: [Parameter]
    /// The name of each running statistic.
    public let statisticNames: [String]
    /// The running statistics, in the order of registration.
    public let statistics: [RunningStatistic]
    /// The elements of each parameter in the layout, in the order of `parameters`.
    public let ranges: [Range<Int>]
    /// The elements of each statistic in the layout; in a gradient buffer, one more element is the number of its terms.
    package let statisticRanges: [Range<Int>]
    /// The end of the parameters in the layout: an optimizer changes elements before it only.
    package let parameterEnd: Int
    /// The elements of all parameters and statistics; zero between them.
    package let buffer: Buffer
    /// The elements that this process changes of what all hosts have alike: all, unless the ranks of a host share the
    /// arena, each changing a part.
    package let ownPart: Range<Int>
    /// The parameters' elements that this process updates: those in `ownPart`, unless hosts divide them (ZeRO).
    package private(set) var updatedParts: [Range<Int>]
    /// The elements that this host keeps state for; nil for all.
    package private(set) var heldParts: [Range<Int>]?
    private let memory: any ArenaMemory

    /// Moves the parameters and running statistics of `model` into a new arena.
    public convenience init(_ model: any Parameterized) { self.init(model.parameters, in: PrivateMemory()) }

    /// Moves the parameters and running statistics of `tree` into a new arena.
    public convenience init(_ tree: ParameterTree) { self.init(tree, in: PrivateMemory()) }

    /// Moves the parameters and running statistics of `model` into a new arena in `memory`.
    package init(_ model: any Parameterized, in memory: any ArenaMemory) {
        let tree = model.parameters
        let (named, namedStatistics) = (tree.named, tree.namedStatistics)
        (names, parameters) = (named.map(\.name), named.map(\.parameter))
        (statisticNames, statistics) = (namedStatistics.map(\.name), namedStatistics.map(\.statistic))
        var seen: Set<String> = []
        for name in names + statisticNames {
            require(
                seen.insert(name).inserted,
                "ParameterArena: two tensors are named \(name); a name with a dot may be that of a tree's entry as well"
            )
        }
        var layout = Layout()
        ranges = parameters.map { layout.append($0.shape.count, reserving: $0.shape.count) }
        parameterEnd = layout.end
        statisticRanges = statistics.map { layout.append($0.shape.count, reserving: $0.shape.count + 1) }
        self.memory = memory
        buffer = memory.makeBuffer(count: layout.end)
        ownPart = memory.part(of: layout.end)
        updatedParts = [ownPart]
        for (parameter, range) in zip(parameters, ranges) { parameter.move(to: Buffer(sliceOf: buffer, range)) }
        for (statistic, range) in zip(statistics, statisticRanges) {
            statistic.move(to: Buffer(sliceOf: buffer, range))
        }
    }

    /// Consecutive slices that begin at multiples of 16 elements.
    private struct Layout {
        var end = 0
        mutating func append(_ count: Int, reserving reserved: Int) -> Range<Int> {
            let start = end
            end += Buffer.wholeLines(reserved)
            return start..<(start + count)
        }
    }

    /// Divides the updates of parameters among hosts, before an optimizer is made.
    /// - Parameters:
    ///   - updated: what this process updates.
    ///   - held: what this host keeps state for.
    package func divide(updated: [Range<Int>], held: [Range<Int>]) { (updatedParts, heldParts) = (updated, held) }

    /// Whether this process changes the slice `range`, as a whole.
    package func owns(_ range: Range<Int>) -> Bool {
        range.lowerBound < parameterEnd
            ? updatedParts.contains { $0.contains(range.lowerBound) } : ownPart.contains(range.lowerBound)
    }

    /// The number of elements of all parameters.
    public var elementCount: Int { ranges.reduce(0) { $0 + $1.count } }

    /// A new buffer of the arena's layout, all zero, for this process alone.
    package func zeros() -> Buffer { Buffer(repeating: 0, count: buffer.count) }

    /// A new buffer of zeros of the arena's layout in the arena's memory, for what is kept of each updated parameter:
    /// shared with the other ranks of a host where the weights are, and changed in the same parts.
    package func makeCompanion() -> Buffer {
        heldParts.map { memory.makeBuffer(count: buffer.count, holding: $0) } ?? makeReplica()
    }

    /// The same for what every host has of all elements.
    package func makeReplica() -> Buffer { memory.makeBuffer(count: buffer.count) }

    /// All parameters, then all running statistics: names, shapes, and elements in the layout.
    public var slices: [(name: String, shape: Shape, range: Range<Int>)] {
        zip(names, zip(parameters, ranges)).map { ($0, $1.0.shape, $1.1) }
            + zip(statisticNames, zip(statistics, statisticRanges)).map { ($0, $1.0.shape, $1.1) }
    }

    /// The axes of each parameter whose axes are known, and of each running statistic.
    package var axes: [String: ParameterAxes] {
        let named = zip(names, parameters).compactMap { name, parameter in parameter.axes.map { (name, $0) } }
        let statistics = zip(statisticNames, statistics).filter { $1.shape.rank == 1 }
        return Dictionary(
            named + statistics.map { ($0.0, ParameterAxes.vector("channels")) }, uniquingKeysWith: { first, _ in first }
        )
    }

    /// The name of the layer, `layers.0` for `layers.0.weight`, by the address of each parameter.
    package var layersByAddress: [UInt: String] {
        Dictionary(
            zip(names, parameters).map { name, parameter in
                let layer = name.split(separator: ".").dropLast().joined(separator: ".")
                return (UInt(bitPattern: parameter.buffer.pointer), layer.isEmpty ? name : layer)
            }, uniquingKeysWith: { first, _ in first })
    }
}
