import Checkpoints
import Foundation
import Optimizers
import TensorEngine

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
    /// The names of another library, where the tensors had them.
    let foreign: ForeignNames?

    /// Whether nothing is to be said of any layout.
    var isWhollyOwn: Bool { shapes.allSatisfy { isOwn($0.name) || metadata.layout(of: $0.name) != nil } }

    /// The weights at `path`: a safetensors file, a checkpoint's folder, or a run directory, whose newest intact checkpoint
    /// is taken. *Local.*
    ///
    /// Of a run with an average of its weights that is the average, once it has begun: what the run was evaluated with.
    init(path: String) throws {
        try PickledWeights.check(path)
        if let path = Self.safetensors(at: path) {
            let file = try SafetensorsFile(path: path)
            (description, foreign) = (path, nil)
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
        foreign = nil
        description = "\(path) (step \(checkpoint.step)\(isAverage ? ", the average of the weights" : ""))"
        shapes = checkpoint.model.map { ($0.name, $0.shape) }
        metadata = TensorMetadata(checkpoint.modelMetadata)
        isOwn = { _ in true }
        preparation = checkpoint.state.preparation
        read = { [tensors] in tensors[$0] }
    }

    /// The safetensors file that `path` is or, as the folder of a model of Hugging Face, has; nil if it is something else.
    private static func safetensors(at path: String) -> String? {
        if path.hasSuffix(".safetensors") { return path }
        let inside = path + "/model.safetensors"
        let isModel = FileManager.default.fileExists(atPath: path + "/config.json")
        return isModel && FileManager.default.fileExists(atPath: inside) ? inside : nil
    }

    /// The same source under the names of this model: present ones for old ones, and this program's for those of another library.
    func renamed(for wanted: [(name: String, shape: [Int])], axes: [String: ParameterAxes]) -> WeightSource {
        if !isWhollyOwn, let names = ForeignNames(of: shapes, for: wanted, axes: axes) {
            return WeightSource(self, names)
        }
        let oldNames = RenamedTensors.oldNames(of: wanted.map(\.name), in: shapes.map(\.name))
        return oldNames.isEmpty ? self : WeightSource(self, oldNames)
    }

    private init(_ source: WeightSource, _ oldNames: [String: String]) {
        let newNames = Dictionary(oldNames.map { ($0.value, $0.key) }) { first, _ in first }
        (description, foreign) = (source.description, nil)
        shapes = source.shapes.map { (newNames[$0.name] ?? $0.name, $0.shape) }
        metadata = source.metadata.renamed(newNames)
        isOwn = { source.isOwn(oldNames[$0] ?? $0) }
        preparation = source.preparation
        read = { try source.read(oldNames[$0] ?? $0) }
    }

    private init(_ source: WeightSource, _ names: ForeignNames) {
        var newNames: [String: String] = [:]
        var hidden = Set(names.unneeded.map(\.name))
        for (own, origin) in names.origins {
            newNames[origin.names[0]] = own
            hidden.formUnion(origin.names.dropFirst())
        }
        (description, foreign) = (source.description, names)
        shapes = source.shapes.filter { !hidden.contains($0.name) }.map { (newNames[$0.name] ?? $0.name, $0.shape) }
        metadata = source.metadata
        isOwn = { names.origins[$0] == nil && source.isOwn($0) }
        preparation = source.preparation
        read = { name in
            guard let origin = names.origins[name] else { return try source.read(name) }
            guard let first = try source.read(origin.names[0]) else { return nil }
            var values = first.values
            for other in origin.names.dropFirst() {
                guard let more = try source.read(other), more.values.count == values.count else { return nil }
                for index in values.indices { values[index] += more.values[index] }
            }
            return NamedTensor(name: name, shape: first.shape, values: values)
        }
    }
}
