import Checkpoints
import Foundation

/// Named tensors of a finished training, from which another one begins.
struct WeightSource {
    /// Where they come from, for people.
    let description: String
    /// What there is, in its order.
    let shapes: [(name: String, shape: [Int])]
    /// Reads the tensor of a name that there is.
    let read: (String) throws -> NamedTensor?

    /// The weights at `path`: a safetensors file, a checkpoint's folder, or a run directory, whose newest intact checkpoint
    /// is taken. *Local.*
    ///
    /// Of a run with an average of its weights that is the average, once it has begun: what the run was evaluated with.
    init(path: String) throws {
        if path.hasSuffix(".safetensors") {
            let file = try SafetensorsFile(path: path)
            description = path
            shapes = file.entries.map { ($0.name, $0.shape) }
            read = { try file.tensor(named: $0) }
            return
        }
        let checkpoint = try SavedRun.checkpoint(at: path)
        let settings = try Settings(flat: checkpoint.state.settings, source: path)
        let isAverage = settings.average.name != .none && checkpoint.step >= settings.average.start
        let prefix = isAverage ? "average." : ""
        var tensors: [String: NamedTensor] = [:]
        for tensor in isAverage ? checkpoint.optimizer : checkpoint.model where tensor.name.hasPrefix(prefix) {
            tensors[String(tensor.name.dropFirst(prefix.count))] = tensor
        }
        description = "\(path) (step \(checkpoint.step)\(isAverage ? ", the average of the weights" : ""))"
        shapes = checkpoint.model.map { ($0.name, $0.shape) }
        read = { [tensors] in tensors[$0] }
    }
}
