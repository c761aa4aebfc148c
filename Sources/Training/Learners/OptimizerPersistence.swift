import Communication
import DataParallel
import Kernels
import Machine
import Messages
import Optimizers
import TensorEngine

/// The state of an optimizer as a part of checkpoints, under names such as `momentum.layers.0.weight`.
final class OptimizerPersistence: DividedState {
    private let method: any OptimizationMethod
    private let arena: ParameterArena
    private let memory: HostMemory?
    private let zero: ZeroExchange?
    /// What goes before the names of notes, and of tensors that are not parameters'.
    private let prefix: String

    /// The state of `method`, which changes the weights of `arena`.
    init(
        _ method: any OptimizationMethod, _ arena: ParameterArena, memory: HostMemory? = nil,
        zero: ZeroExchange? = nil, prefix: String = ""
    ) {
        (self.method, self.arena, self.memory, self.prefix) = (method, arena, memory, prefix)
        self.zero = zero
    }

    var stateTensors: [PersistentTensor] { method.tensors(arena, prefix: prefix) }

    func notes(at position: RunPosition) -> [String: String] { method.notes(prefix: prefix) }

    func restore(_ notes: SavedNotes) throws { try method.restore(notes, prefix: prefix) }

    /// The bytes of the state that are kept here, and of those the bytes of all of it: more where hosts divide it.
    var bytes: (held: Int, whole: Int) {
        let width = MemoryLayout<Float>.stride
        let whole = method.state.reduce(0) { $0 + ($1.shape?.reduce(1, *) ?? arena.elementCount) * width }
        guard let zero else { return (whole, whole) }
        let part = zero.partition.ownParts.reduce(0) { $0 + $1.count } * width
        return (method.state.reduce(0) { $0 + ($1.shape.map { $0.reduce(1, *) * width } ?? part) }, whole)
    }

    /// The state that hosts divide.
    private var divided: [Buffer] { zero == nil ? [] : method.state.filter { $0.shape == nil }.map(\.buffer) }

    var isDivided: Bool { zero != nil }

    var division: StateDivision? {
        guard let zero else { return nil }
        var division = StateDivision(
            party: zero.partition.party, parties: zero.partition.parties, isWriter: zero.speaksForParty)
        for state in method.state where state.shape == nil {
            for slice in arena.tensors(of: state) {
                for (party, range) in zero.partition.pieces(ofTensor: slice.range) {
                    division.bytes += range.count * MemoryLayout<Float>.stride
                    guard party == division.party else { continue }
                    let start = slice.range.lowerBound
                    division.pieces.append(
                        StatePiece(
                            name: slice.name, shape: slice.shape.sizes,
                            range: (range.lowerBound - start)..<(range.upperBound - start),
                            buffer: Buffer(sliceOf: state.buffer, range)))
                }
            }
        }
        division.undivided = method.ownTensors(prefix: prefix)
        return division
    }

    func gather(over communicator: any Communicator) throws {
        guard let zero else { return }
        let buffers = divided
        try communicator.agree {
            let (needed, available) = (zero.foreignBytes * buffers.count, MemoryLimit.available())
            guard communicator.rank > 0 || needed < available.bytes else {
                throw NoMemoryToGather(needed: needed, available: available.bytes)
            }
        }
        try zero.gather(buffers)
    }

    func release() { zero?.release(divided) }

    func distribute(over communicator: any Communicator) throws {
        let states = method.state
        // a state of a shape of its own is private to each rank
        let isShared = { [memory, zero] (state: OptimizerState) in
            (memory != nil || zero != nil) && state.shape == nil
        }
        if let zero {
            try zero.scatter(divided)
        } else if let memory {
            try memory.broadcast(states.filter(isShared).map(\.buffer))
        }
        for state in states where !isShared(state) {
            try communicator.broadcast(UnsafeMutableRawBufferPointer(state.buffer.elements), from: 0)
        }
    }
}

/// The host of rank 0 has too little memory for the optimizer's state of all hosts, which it saves.
struct NoMemoryToGather: Error, CustomStringConvertible {
    let needed, available: Int
    var description: String {
        "a checkpoint brings \(Readable.bytes(needed)) of the optimizer's state to the host of rank 0, which has \(Readable.bytes(available)) left (communication.zero): start rank 0 on a host with more memory, or use more hosts"
    }
}

extension OptimizationMethod {
    /// The tensors of its state.
    func tensors(_ arena: ParameterArena, prefix: String = "") -> [PersistentTensor] {
        state.flatMap { state in
            if state.shape != nil { return state.ownTensor(prefix: prefix).map { [$0] } ?? [] }
            return arena.tensors(of: state).map {
                PersistentTensor(
                    name: $0.name, shape: $0.shape.sizes, buffer: Buffer(sliceOf: state.buffer, $0.range))
            }
        }
    }

    /// Those that do not have the layout of the weights.
    func ownTensors(prefix: String) -> [PersistentTensor] { state.compactMap { $0.ownTensor(prefix: prefix) } }

    func notes(prefix: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: progress.map { (prefix + $0.key, $0.value) })
    }

    /// Reads its notes back; those of the second-order methods say how much of their state is in use.
    func restore(_ notes: SavedNotes, prefix: String) throws {
        _ = try notes.integer(prefix + "lbfgs.pairs", in: 0...1000)
        _ = try notes.flag(prefix + "bfgs.has_scale")
        restore(
            Dictionary(
                uniqueKeysWithValues: progress.keys.compactMap { name in notes[prefix + name].map { (name, $0) } }))
    }
}

extension OptimizerState {
    /// A state of a shape of its own.
    fileprivate func ownTensor(prefix: String) -> PersistentTensor? {
        shape.map { PersistentTensor(name: prefix + name, shape: $0, buffer: buffer) }
    }
}

extension ParameterArena {
    /// The tensors of a state that has the layout of the weights.
    fileprivate func tensors(of state: OptimizerState) -> [(name: String, shape: Shape, range: Range<Int>)] {
        slices.prefix(state.hasStatistics ? slices.count : parameters.count).map {
            ("\(state.name).\($0.name)", $0.shape, $0.range)
        }
    }
}

/// What compresses gradients as a part of checkpoints: its memory of each shard, and what the shards have in common.
final class CompressionPersistence: Persistent {
    private let compression: GradientCompression

    init(_ compression: GradientCompression) { self.compression = compression }

    var stateTensors: [PersistentTensor] {
        compression.savedTensors.map { PersistentTensor(name: $0.name, shape: $0.shape, buffer: $0.buffer) }
    }

    func gather(over communicator: any Communicator) throws { try compression.gather(over: communicator) }

    func distribute(over communicator: any Communicator) throws { try compression.distribute(over: communicator) }

    func release() { compression.release() }
}
