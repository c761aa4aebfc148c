public import Checkpoints
public import Communication
import DataParallel
import Kernels
public import Optimizers
public import TensorEngine

/// The weights and running statistics of an arena, and their average where there is one.
public final class LearnedWeights: Persistent {
    /// The parameters and running statistics.
    public let arena: ParameterArena
    /// The average that is evaluated in their place.
    public let average: WeightAverage?
    /// The memory that they lie in, where the ranks of a host share it.
    let memory: HostMemory?
    /// What hosts give each other where they divide the updates (ZeRO).
    let zero: ZeroExchange?

    /// The weights in `arena`.
    public convenience init(_ arena: ParameterArena, average: WeightAverage? = nil) {
        self.init(arena, average: average, memory: nil, zero: nil)
    }

    init(_ arena: ParameterArena, average: WeightAverage?, memory: HostMemory?, zero: ZeroExchange?) {
        (self.arena, self.average, self.memory, self.zero) = (arena, average, memory, zero)
    }

    /// Returns when all ranks that share the memory have called it. *Collective within a host.*
    func barrier() throws { try memory?.barrier() }

    /// Gives all hosts the weights that each has updated. *Collective.*
    func gatherUpdates() throws { try zero?.allGather(arena.buffer) }

    /// Runs `body` with the weights that are evaluated after step `step`: the average, when there is one by then.
    /// *Collective within a host.*
    func withEvaluatedWeights<Result>(step: Int, _ body: () throws -> Result) throws -> Result {
        guard let average, average.hasBegun(atStep: step) else { return try body() }
        return try average.withAverage(meet: barrier, body)
    }

    /// Puts the weights that are evaluated after step `step` in the place of the others, for good.
    func keepEvaluatedWeights(step: Int) {
        guard let average, average.hasBegun(atStep: step) else { return }
        arena.buffer.pointer.update(from: average.buffer.pointer, count: arena.buffer.count)
    }

    /// Weights and running statistics under their names.
    public var modelTensors: [PersistentTensor] { tensors(in: arena.buffer, prefix: "") }

    /// The average under names such as `average.layers.0.weight`.
    public var stateTensors: [PersistentTensor] { average.map { tensors(in: $0.buffer, prefix: "average.") } ?? [] }

    private func tensors(in buffer: Buffer, prefix: String) -> [PersistentTensor] {
        arena.slices.map {
            PersistentTensor(
                name: prefix + $0.name, shape: $0.shape.sizes, buffer: Buffer(sliceOf: buffer, $0.range))
        }
    }

    public func distribute(over communicator: any Communicator) throws {
        let buffers = [arena.buffer] + (average.map { [$0.buffer] } ?? [])
        if let memory { return try memory.broadcast(buffers) }
        for buffer in buffers { try communicator.broadcast(UnsafeMutableRawBufferPointer(buffer.elements), from: 0) }
    }

    /// Puts the weights of a checkpoint in place, with their average where there is one. *Local.*
    ///
    /// Throws `ForeignCheckpoint`, and changes nothing, where names or shapes are not those of this model, and
    /// `NonFiniteSource` where a weight is not finite and must be.
    /// - Parameter path: of the checkpoint.
    public func restoreModel(_ checkpoint: Checkpoint, from path: String, isFinite: Bool = true) throws {
        let parts: [any Persistent] = [self]
        try parts.restoreModel(checkpoint)
        if isFinite { try parts.requireFinite(from: path) }
    }
}
