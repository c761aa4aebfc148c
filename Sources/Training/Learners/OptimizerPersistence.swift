import Communication
import DataParallel
import Kernels
import Optimizers
import TensorEngine

/// The state of an optimizer as a part of checkpoints, under names such as `momentum.layers.0.weight`.
final class OptimizerPersistence: Persistent {
    private let method: any OptimizationMethod
    private let arena: ParameterArena
    private let memory: HostMemory?
    /// What goes before the names of notes, and of tensors that are not parameters'.
    private let prefix: String

    /// The state of `method`, which changes the weights of `arena`.
    init(_ method: any OptimizationMethod, _ arena: ParameterArena, memory: HostMemory? = nil, prefix: String = "") {
        (self.method, self.arena, self.memory, self.prefix) = (method, arena, memory, prefix)
    }

    var stateTensors: [PersistentTensor] { method.tensors(arena, prefix: prefix) }

    func notes(at position: RunPosition) -> [String: String] { method.notes(prefix: prefix) }

    func restore(_ notes: SavedNotes) throws { try method.restore(notes, prefix: prefix) }

    func distribute(over communicator: any Communicator) throws {
        let states = method.state
        // a state of a shape of its own is private to each rank
        let isShared = { [memory] (state: OptimizerState) in memory != nil && state.shape == nil }
        if let memory { try memory.broadcast(states.filter(isShared).map(\.buffer)) }
        for state in states where !isShared(state) {
            try communicator.broadcast(UnsafeMutableRawBufferPointer(state.buffer.elements), from: 0)
        }
    }
}

extension OptimizationMethod {
    /// The tensors of its state.
    func tensors(_ arena: ParameterArena, prefix: String = "") -> [PersistentTensor] {
        state.flatMap { state in
            if let shape = state.shape {
                return [PersistentTensor(name: prefix + state.name, shape: shape, buffer: state.buffer)]
            }
            let slices = arena.slices
            return slices.prefix(state.hasStatistics ? slices.count : arena.parameters.count).map {
                PersistentTensor(
                    name: "\(state.name).\($0.name)", shape: $0.shape.sizes,
                    buffer: Buffer(sliceOf: state.buffer, $0.range))
            }
        }
    }

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
