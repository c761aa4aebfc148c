import Checkpoints
import Foundation
import Optimizers

/// Named tensors of a finished training, from which another one begins.
struct WeightSource {
    /// Where they come from, for people.
    let description: String
    /// What there is, in its order.
    let shapes: [(name: String, shape: [Int])]
    /// What is said of their layouts and of the entries along their axes.
    let metadata: TensorMetadata
    /// Whether the tensor of a name is as this program has written it.
    let isOwn: (String) -> Bool
    /// What the source had learned of its data, where it is a checkpoint.
    let preparation: Preparation?
    /// Reads the tensor of a name that there is.
    let read: (String) throws -> NamedTensor?

    /// Whether nothing is to be said of any layout.
    var isWhollyOwn: Bool { shapes.allSatisfy { isOwn($0.name) || metadata.layout(of: $0.name) != nil } }

    /// The weights at `path`: a safetensors file, a checkpoint's folder, or a run directory, whose newest intact checkpoint
    /// is taken. *Local.*
    ///
    /// Of a run with an average of its weights that is the average, once it has begun: what the run was evaluated with.
    init(path: String) throws {
        if path.hasSuffix(".safetensors") {
            let file = try SafetensorsFile(path: path)
            description = path
            shapes = file.entries.map { ($0.name, $0.shape) }
            metadata = TensorMetadata(file.metadata)
            isOwn = { file.hasChecksum(of: $0) }
            preparation = nil
            read = { try file.tensor(named: $0) }
            return
        }
        let checkpoint = try SavedRun.checkpoint(at: path)
        let settings = try Settings(
            .common, flat: checkpoint.state.settings, source: path, ignoresUnknown: true)
        let isAverage = settings.average.name != .none && checkpoint.step >= settings.average.start
        let prefix = isAverage ? "average." : ""
        var tensors: [String: NamedTensor] = [:]
        for tensor in isAverage ? checkpoint.optimizer : checkpoint.model where tensor.name.hasPrefix(prefix) {
            tensors[String(tensor.name.dropFirst(prefix.count))] = tensor
        }
        description = "\(path) (step \(checkpoint.step)\(isAverage ? ", the average of the weights" : ""))"
        shapes = checkpoint.model.map { ($0.name, $0.shape) }
        metadata = TensorMetadata(checkpoint.modelMetadata)
        isOwn = { _ in true }
        preparation = checkpoint.state.preparation
        read = { [tensors] in tensors[$0] }
    }

    /// The same source, whose tensors have their present names where these are among `wanted`.
    func renamed(for wanted: [String]) -> WeightSource {
        let oldNames = RenamedTensors.oldNames(of: wanted, in: shapes.map(\.name))
        return oldNames.isEmpty ? self : WeightSource(self, oldNames)
    }

    private init(_ source: WeightSource, _ oldNames: [String: String]) {
        let newNames = Dictionary(oldNames.map { ($0.value, $0.key) }) { first, _ in first }
        description = source.description
        shapes = source.shapes.map { (newNames[$0.name] ?? $0.name, $0.shape) }
        metadata = source.metadata.renamed(newNames)
        isOwn = { source.isOwn(oldNames[$0] ?? $0) }
        preparation = source.preparation
        read = { try source.read(oldNames[$0] ?? $0) }
    }
}
