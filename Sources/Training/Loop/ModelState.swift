public import Checkpoints
import Communication
public import DataParallel
import Kernels
public import Optimizers
public import TensorEngine

/// The weights, the optimizer's state and the average of the weights of a run: what checkpoints hold and ranks share.
public struct ModelState {
    let arena: ParameterArena
    let optimizer: (any OptimizationMethod)?
    let average: WeightAverage?
    /// Where all of this lies, when the ranks of a host share it.
    let memory: HostMemory?
    let compression: GradientCompression?

    /// The state of a model and, for training, its optimizer and what compresses its gradients; and the average of its
    /// weights, when there is one.
    /// - Parameter memory: that in which they were made, when the ranks of a host share it.
    public init(
        _ arena: ParameterArena, optimizer: (any OptimizationMethod)? = nil, average: WeightAverage? = nil,
        memory: HostMemory? = nil, compression: GradientCompression? = nil
    ) {
        (self.arena, self.optimizer, self.average, self.memory) = (arena, optimizer, average, memory)
        self.compression = compression
    }

    /// Returns when all ranks that share the state have called it. *Collective within a host.*
    func meet() throws { try memory?.meet() }

    /// Runs `body` with the weights that are evaluated after step `step`: the average, when there is one by then.
    /// *Collective within a host.*
    func withEvaluatedWeights<Result>(step: Int, _ body: () throws -> Result) throws -> Result {
        guard let average, average.hasBegun(atStep: step) else { return try body() }
        return try average.withAverage(meet: meet, body)
    }

    /// Puts the weights that are evaluated after step `step` in the place of the others, for good.
    func keepEvaluatedWeights(step: Int) {
        guard let average, average.hasBegun(atStep: step) else { return }
        arena.buffer.pointer.update(from: average.buffer.pointer, count: arena.buffer.count)
    }

    /// The weights and running statistics under their names, lent and not copied.
    var model: [NamedTensor] { modelPlaces.map(\.lent) }

    /// The optimizer's state under names such as `momentum.layers.0.weight`, and the average of the weights under names
    /// such as `average.layers.0.weight`; lent and not copied. What the compression remembers must have been gathered.
    var optimizerState: [NamedTensor] { (optimizerPlaces + averagePlaces + compressionPlaces).map(\.lent) }

    /// A tensor of a checkpoint, and where it lives.
    struct Place {
        let name: String
        let shape: [Int]
        let buffer: Buffer

        var lent: NamedTensor {
            NamedTensor(name: name, shape: shape) { [buffer] in $0(UnsafeBufferPointer(buffer.elements)) }
        }
    }

    /// Every tensor that a checkpoint holds.
    var checkpointPlaces: [Place] { modelPlaces + optimizerPlaces + averagePlaces + compressionPlaces }

    var modelPlaces: [Place] { places(in: arena.buffer, prefix: "") }

    private var averagePlaces: [Place] { average.map { places(in: $0.buffer, prefix: "average.") } ?? [] }

    private var compressionPlaces: [Place] {
        (compression?.savedTensors ?? []).map { Place(name: $0.name, shape: $0.shape, buffer: $0.buffer) }
    }

    private func places(in buffer: Buffer, prefix: String) -> [Place] {
        arena.slices.map {
            Place(name: prefix + $0.name, shape: $0.shape.sizes, buffer: Buffer(sliceOf: buffer, $0.range))
        }
    }

    private var optimizerPlaces: [Place] {
        (optimizer?.state ?? []).flatMap { state in
            if let shape = state.shape { return [Place(name: state.name, shape: shape, buffer: state.buffer)] }
            let slices = arena.slices
            return slices.prefix(state.hasStatistics ? slices.count : arena.parameters.count).map {
                Place(
                    name: "\(state.name).\($0.name)", shape: $0.shape.sizes,
                    buffer: Buffer(sliceOf: state.buffer, $0.range))
            }
        }
    }

    /// Puts the content of a checkpoint in place. *Local.*
    ///
    /// Throws `ForeignCheckpoint`, and changes nothing, when names or shapes are not those of this model.
    public func restore(_ checkpoint: Checkpoint) throws {
        var moves = try moves(checkpoint.model, to: modelPlaces, of: "model")
        if optimizer != nil {
            moves += try self.moves(
                checkpoint.optimizer, to: optimizerPlaces + averagePlaces + compressionPlaces, of: "optimizer")
        } else if average != nil {
            let averages = checkpoint.optimizer.filter { $0.name.hasPrefix("average.") }
            moves += try self.moves(averages, to: averagePlaces, of: "model")
        }
        for (tensor, buffer) in moves {
            tensor.withValues { values in
                if let start = values.baseAddress { buffer.pointer.update(from: start, count: buffer.count) }
            }
        }
    }

    /// Which tensor goes where; throws when one is missing, has another shape, or has no place.
    private func moves(_ tensors: [NamedTensor], to places: [Place], of what: String) throws -> [(NamedTensor, Buffer)]
    {
        var byName: [String: NamedTensor] = [:]
        for tensor in tensors { byName[tensor.name] = tensor }
        let moves = try places.map { place in
            guard let tensor = byName.removeValue(forKey: place.name) else {
                throw ForeignCheckpoint(what: what, problem: "it has no tensor \(place.name) \(place.shape)")
            }
            guard tensor.shape == place.shape else {
                throw ForeignCheckpoint(
                    what: what,
                    problem: "its tensor \(place.name) has the shape \(tensor.shape), this one's has \(place.shape)")
            }
            return (tensor, place.buffer)
        }
        if let extra = byName.keys.min() {
            throw ForeignCheckpoint(what: what, problem: "it has a tensor \(extra), which this one has not")
        }
        return moves
    }

    /// Gives every rank the state of rank 0. *Collective.*
    func broadcast(over communicator: any Communicator) throws {
        try compression?.distribute(over: communicator)
        let buffers = [arena.buffer] + (optimizer?.state ?? []).map(\.buffer) + (average.map { [$0.buffer] } ?? [])
        if let memory { return try memory.broadcast(buffers) }
        if let workers = optimizer as? LocalWorkers {
            try arena.broadcast(over: communicator)
            return try workers.distributeState()
        }
        for buffer in buffers { try communicator.broadcast(UnsafeMutableRawBufferPointer(buffer.elements), from: 0) }
    }
}

/// A checkpoint that does not fit the model.
public struct ForeignCheckpoint: Error, CustomStringConvertible, Equatable {
    let what: String
    let problem: String

    /// What does not fit, and what to do.
    public var description: String {
        "the checkpoint is of another \(what): \(problem); use the settings it was made with ('lockstep inspect' shows them)"
    }
}
