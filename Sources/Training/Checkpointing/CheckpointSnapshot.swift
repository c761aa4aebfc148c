package import Checkpoints
import Kernels
import Machine

/// A copy of the tensors of a checkpoint, so that they may change while it is written.
///
/// Its memory stays between two saves: taking it from the system anew costs more than the copy.
package final class CheckpointSnapshot {
    private let available: () -> Int
    private var memory: Buffer?
    /// The tensors as they were copied last.
    package private(set) var model: [NamedTensor] = []
    package private(set) var optimizer: [NamedTensor] = []

    /// No copy yet.
    /// - Parameter available: the bytes of memory that this process may still have.
    package init(available: @escaping () -> Int = { MemoryLimit.available().bytes }) { self.available = available }

    /// Copies the tensors; false, and nothing is copied, where this process cannot have the memory. Nobody may read the
    /// last copy any longer.
    package func copy(model: [PersistentTensor], optimizer: [PersistentTensor]) -> Bool {
        let count = (model + optimizer).reduce(0) { $0 + Buffer.wholeLines($1.buffer.count) }
        (self.model, self.optimizer) = ([], [])
        if memory.map({ $0.count < count }) ?? true {
            memory = nil
            // a quarter stays free: for the pages of the files, and for what the next steps take
            guard count * MemoryLayout<Float>.stride < available() / 4 * 3 else { return false }
            let new = Buffer(count: count)
            new.returnsToSystem = true
            memory = new
        }
        guard let memory else { return false }
        var position = 0
        func copies(_ tensors: [PersistentTensor]) -> [NamedTensor] {
            tensors.map { tensor in
                let copy = Buffer(sliceOf: memory, position..<position + tensor.buffer.count)
                copy.pointer.update(from: tensor.buffer.pointer, count: copy.count)
                position += Buffer.wholeLines(copy.count)
                return PersistentTensor(name: tensor.name, shape: tensor.shape, buffer: copy).lent
            }
        }
        self.model = copies(model)
        self.optimizer = copies(optimizer)
        return true
    }
}
