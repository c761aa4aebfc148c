public import Checkpoints
import Communication
import DataParallel
import Kernels
public import Optimizers
public import TensorEngine

/// The weights and the optimizer's state of a run: what checkpoints hold and ranks share.
public struct ModelState {
    let arena: ParameterArena
    let optimizer: (any Optimizer)?

    /// The state of a model and, for training, its optimizer.
    public init(_ arena: ParameterArena, optimizer: (any Optimizer)? = nil) {
        (self.arena, self.optimizer) = (arena, optimizer)
    }

    /// The weights under their names, lent and not copied.
    var model: [NamedTensor] { slices(of: arena.buffer, prefix: "") }

    /// The optimizer's state under names such as `momentum.layers.0.weight`.
    var optimizerState: [NamedTensor] {
        (optimizer?.state ?? []).flatMap { slices(of: $0.buffer, prefix: $0.name + ".") }
    }

    private func slices(of buffer: Buffer, prefix: String) -> [NamedTensor] {
        zip(arena.names, arena.ranges).enumerated().map { place, entry in
            let slice = Buffer(sliceOf: buffer, entry.1)
            return NamedTensor(name: prefix + entry.0, shape: arena.shape(of: place).sizes) {
                $0(UnsafeBufferPointer(slice.elements))
            }
        }
    }

    /// Puts the content of a checkpoint in place. *Local.*
    ///
    /// Throws `ForeignCheckpoint`, and changes nothing, when names or shapes are not those of this model.
    public func restore(_ checkpoint: Checkpoint) throws {
        try copy(checkpoint.model, to: [(prefix: "", buffer: arena.buffer)], what: "model")
        guard let optimizer else { return }
        try copy(
            checkpoint.optimizer, to: optimizer.state.map { (prefix: $0.name + ".", buffer: $0.buffer) },
            what: "optimizer's state")
    }

    private func copy(_ tensors: [NamedTensor], to targets: [(prefix: String, buffer: Buffer)], what: String) throws {
        var byName: [String: NamedTensor] = [:]
        for tensor in tensors { byName[tensor.name] = tensor }
        var moves: [(NamedTensor, Buffer)] = []
        for (prefix, buffer) in targets {
            for (place, (name, range)) in zip(arena.names, arena.ranges).enumerated() {
                let shape = arena.shape(of: place).sizes
                guard let tensor = byName.removeValue(forKey: prefix + name) else {
                    throw ForeignCheckpoint(what: what, problem: "it has no tensor \(prefix + name) \(shape)")
                }
                guard tensor.shape == shape else {
                    throw ForeignCheckpoint(
                        what: what,
                        problem: "its tensor \(prefix + name) has the shape \(tensor.shape), this one's has \(shape)")
                }
                moves.append((tensor, Buffer(sliceOf: buffer, range)))
            }
        }
        if let extra = byName.keys.min() {
            throw ForeignCheckpoint(what: what, problem: "it has a tensor \(extra), which is not part of this one")
        }
        for (tensor, buffer) in moves {
            tensor.withValues {
                buffer.pointer.update(from: $0.baseAddress ?? UnsafePointer(buffer.pointer), count: buffer.count)
            }
        }
    }

    /// Gives every rank the state of rank 0. *Collective.*
    func broadcast(over communicator: any Communicator) throws {
        try arena.broadcast(over: communicator)
        for state in optimizer?.state ?? [] {
            try communicator.broadcast(UnsafeMutableRawBufferPointer(state.buffer.elements), from: 0)
        }
    }
}

/// A checkpoint that does not fit the model.
public struct ForeignCheckpoint: Error, CustomStringConvertible, Equatable {
    let what: String
    let problem: String

    /// What does not fit, and what to do.
    public var description: String {
        "the checkpoint is of another \(what): \(problem); use the settings it was made with (lockstep inspect shows them)"
    }
}
