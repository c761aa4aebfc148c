package import Checkpoints
public import Communication
package import Kernels

/// A part of a run that checkpoints carry: weights, optimizer state, early stopping, a replay buffer.
///
/// It is restored in three passes over all parts of a run: `restore` on every rank, tensors on rank 0, `distribute`.
public protocol Persistent: AnyObject {
    /// Tensors of the model: in `model.safetensors`, for everybody who uses the model.
    var modelTensors: [PersistentTensor] { get }

    /// Other tensors: in `optimizer.safetensors`. Names are unique in a run.
    var stateTensors: [PersistentTensor] { get }

    /// What is kept as text, by dotted name, in `state.json`: equal on every rank. Names are unique in a run.
    func notes(at position: RunPosition) -> [String: String]

    /// Reads back what `notes` gave; throws where a value is one that no run can have written. *Local*, on every rank.
    func restore(_ notes: SavedNotes) throws

    /// Brings to rank 0 what its tensors are to hold. *Collective*, before they are saved.
    func gather(over communicator: any Communicator) throws

    /// Gives every rank what rank 0 has: its initial values, or restored ones. *Collective.*
    func distribute(over communicator: any Communicator) throws

    /// Frees what `gather` has taken. *Local.*
    func release()
}

extension Persistent {
    public var modelTensors: [PersistentTensor] { [] }
    public var stateTensors: [PersistentTensor] { [] }
    public func notes(at position: RunPosition) -> [String: String] { [:] }
    public func restore(_ notes: SavedNotes) throws {}
    public func gather(over communicator: any Communicator) throws {}
    public func distribute(over communicator: any Communicator) throws {}
    public func release() {}
}

/// A tensor of a checkpoint, and the memory it is saved from and restored to.
public struct PersistentTensor {
    /// The name in the file.
    public let name: String
    /// The sizes of the axes.
    public let shape: [Int]
    package let buffer: Buffer

    package init(name: String, shape: [Int], buffer: Buffer) {
        (self.name, self.shape, self.buffer) = (name, shape, buffer)
    }

    /// A tensor of the elements of `storage`, which are read when it is saved, and written when it is restored.
    public init(name: String, shape: [Int], storage: PersistentStorage) {
        self.init(name: name, shape: shape, buffer: storage.buffer)
    }

    /// The tensor for a file: lent, not copied.
    var lent: NamedTensor {
        NamedTensor(name: name, shape: shape) { [buffer] in $0(UnsafeBufferPointer(buffer.elements)) }
    }
}

/// Memory of numbers that a checkpoint keeps.
public final class PersistentStorage {
    package let buffer: Buffer

    /// `count` zeros.
    public init(count: Int) { buffer = Buffer(repeating: 0, count: count) }

    /// The elements.
    public var elements: UnsafeMutableBufferPointer<Float> { buffer.elements }
}

extension [any Persistent] {
    /// Puts the content of a checkpoint in place; throws `ForeignCheckpoint`, and changes nothing, where a name or a shape is
    /// another. *Local.*
    func restore(_ checkpoint: Checkpoint) throws {
        let moves =
            try Self.moves(checkpoint.model, to: flatMap(\.modelTensors), of: "model")
            + Self.moves(checkpoint.optimizer, to: flatMap(\.stateTensors), of: "optimizer")
        for (tensor, buffer) in moves { tensor.copy(to: buffer) }
    }

    /// Puts the tensors of a model in place, and of what is kept beside it those that there is memory for. *Local.*
    package func restoreModel(_ checkpoint: Checkpoint) throws {
        let wanted = flatMap(\.stateTensors)
        let names = Set(wanted.map(\.name))
        let moves =
            try Self.moves(checkpoint.model, to: flatMap(\.modelTensors), of: "model")
            + Self.moves(
                checkpoint.optimizer.filter {
                    names.contains($0.name) || names.contains(RenamedTensors.presentName($0.name))
                }, to: wanted, of: "model")
        for (tensor, buffer) in moves { tensor.copy(to: buffer) }
    }

    /// Which tensor goes where; throws where one is missing, has another shape, or has no place.
    private static func moves(
        _ tensors: [NamedTensor], to places: [PersistentTensor], of what: String
    ) throws -> [(NamedTensor, Buffer)] {
        var byName: [String: NamedTensor] = [:]
        for tensor in tensors { byName[tensor.name] = tensor }
        for (name, old) in RenamedTensors.oldNames(of: places.map(\.name), in: tensors.map(\.name)) {
            byName[name] = byName.removeValue(forKey: old)
        }
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

    /// The notes of all parts.
    func notes(at position: RunPosition) -> [String: String] {
        reduce(into: [:]) { $0.merge($1.notes(at: position)) { own, _ in own } }
    }

    /// The name of the first tensor of a checkpoint, on this rank, that has an element that is not finite.
    var firstNonFinite: String? {
        (flatMap(\.modelTensors) + flatMap(\.stateTensors)).first { !$0.isFinite }?.name
    }
}

extension NamedTensor {
    /// Copies the elements to `buffer`, which has as many.
    fileprivate func copy(to buffer: Buffer) {
        withValues { values in
            if let start = values.baseAddress { buffer.pointer.update(from: start, count: buffer.count) }
        }
    }
}

extension PersistentTensor {
    /// Whether no element is infinite or NaN. A name that ends in `float64_bits` stands for numbers of 64 bits, two elements
    /// each.
    var isFinite: Bool {
        guard name.hasSuffix("float64_bits") else { return buffer.isFinite }
        let halves = UnsafeRawBufferPointer(UnsafeBufferPointer(buffer.elements))
        return stride(from: 0, to: halves.count, by: 8).allSatisfy {
            halves.loadUnaligned(fromByteOffset: $0, as: Double.self).isFinite
        }
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

/// Saved weights that are not finite.
struct NonFiniteSource: Error, CustomStringConvertible {
    let path, tensor: String

    var description: String {
        "\(path) holds \(tensor), which is not finite: its training has diverged; use an earlier checkpoint"
    }
}

extension [any Persistent] {
    /// Throws when what was restored from `path` is not finite. *Local.*
    func requireFinite(from path: String) throws {
        if let tensor = firstNonFinite { throw NonFiniteSource(path: path, tensor: tensor) }
    }
}
