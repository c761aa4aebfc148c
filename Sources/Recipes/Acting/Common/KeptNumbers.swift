import Communication
import TensorEngine
import Training

/// Numbers that are equal on all ranks, and that checkpoints keep: rollouts, replayed transitions, target networks.
final class KeptNumbers: Persistent {
    let elements: UnsafeMutableBufferPointer<Float>
    private let storage: PersistentStorage
    private let tensor: PersistentTensor

    /// Zeros of this shape.
    init(_ name: String, shape: [Int]) {
        storage = PersistentStorage(count: shape.reduce(1, *))
        elements = storage.elements
        tensor = PersistentTensor(name: name, shape: shape, storage: storage)
    }

    var stateTensors: [PersistentTensor] { [tensor] }

    func distribute(over communicator: any Communicator) throws {
        try communicator.broadcast(UnsafeMutableRawBufferPointer(elements), from: 0)
    }
}
