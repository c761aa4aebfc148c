import Checkpoints
import Foundation
import Layers
import TensorEngine
import Testing
import Training
import TrainingTestSupport

@Suite("Renamed tensors")
struct RenamedTensorTests {
    @Test("Old names and PyTorch's are those of today; others stay")
    func presentNames() {
        let expected = [
            "blocks.0.normalisation1.scale": "blocks.0.normalization1.weight",
            "momentum.normalisation.shift": "momentum.normalization.bias",
            "bn.running_mean": "bn.mean", "bn.running_var": "bn.variance",
            "layers.0.weight": "layers.0.weight", "scale.weight": "scale.weight", "upscale": "upscale",
        ]
        for (old, new) in expected { #expect(RenamedTensors.presentName(old) == new) }
    }

    @Test("A tensor that has its own name is not another's, and a model's own scale stays its own")
    func ownNames() {
        #expect(RenamedTensors.oldNames(of: ["a.weight", "a.scale"], in: ["a.weight", "a.scale"]).isEmpty)
        #expect(RenamedTensors.oldNames(of: ["a.weight"], in: ["a.weight", "a.scale"]).isEmpty)
        #expect(RenamedTensors.oldNames(of: ["a.scale"], in: ["a.scale"]).isEmpty)
        #expect(RenamedTensors.oldNames(of: ["a.weight"], in: ["a.scale"]) == ["a.weight": "a.scale"])
    }

    /// The safetensors file at `path` with other names and, therefore, another header.
    private func rename(_ path: String, _ names: [(String, String)]) throws {
        let data = try Data(contentsOf: URL(filePath: path))
        let length = Int(data.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) })
        var header = String(decoding: data[8..<(8 + length)], as: UTF8.self)
        for (new, old) in names { header = header.replacing(new, with: old) }
        while header.utf8.count % 8 != 0 { header += " " }
        let size = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
        try (Data(size) + Data(header.utf8) + data[(8 + length)...]).write(to: URL(filePath: path))
    }

    @Test("A file whose tensors have their old names gives all of them, bit for bit")
    func oldFile() throws {
        let settings = [("global_batch", "10"), ("checkpoint.every", "0"), ("model.name", "normalized")]
        let folder = try TrainingFolder([PointsRecipe(name: "two", settings: settings)])
        let first = try folder.train("first", "two", ["epochs=2"])
        let file = folder("first/checkpoints/step-00000008/model.safetensors")
        try rename(
            file,
            [
                ("features.normalization.weight", "features.normalisation.scale"),
                ("features.normalization.bias", "features.normalisation.shift"),
                ("features.normalization.mean", "features.normalisation.running_mean"),
            ])
        let second = try folder.train(
            "second", "two", ["epochs=1", "optimizer.learning_rate=0", "transfer.from=\(file)"])
        let report = try folder.text("second", "transfer.txt")
        #expect(report.contains("8 of 8 tensors"), "\(report)")
        for name in ["weight", "bias"].map({ "features.normalization.\($0)" }) {
            let (a, b) = (first.model.first { $0.name == name }, second.model.first { $0.name == name })
            #expect(a != nil && a == b)
        }
    }

    @Test("A checkpoint with old names is restored; one that has a tensor under both names is refused")
    func restored() throws {
        let settings = [("global_batch", "10"), ("checkpoint.every", "0"), ("model.name", "normalized")]
        let folder = try TrainingFolder([PointsRecipe(name: "two", settings: settings)])
        let state = try folder.train("first", "two", ["epochs=1"]).state
        let layer = BatchNormalization(3)
        let arena = ParameterArena(["block": ParameterTree([("normalization1", layer)])])
        func tensor(_ name: String, _ values: [Float]) -> NamedTensor {
            NamedTensor(name: "block." + name, shape: [3], values: values)
        }
        var model = [
            tensor("normalisation1.scale", [1, 2, 3]), tensor("normalisation1.shift", [4, 5, 6]),
            tensor("normalization1.mean", [7, 8, 9]), tensor("normalisation1.variance", [10, 11, 12]),
        ]
        let parts: [any Persistent] = [LearnedWeights(arena)]
        try parts.restoreModel(Checkpoint(model: model, optimizer: [], state: state))
        #expect(layer.weight.value.values == [1, 2, 3] && layer.bias.value.values == [4, 5, 6])
        #expect(layer.mean.value.values == [7, 8, 9] && layer.variance.value.values == [10, 11, 12])
        model.append(tensor("normalization1.weight", [0, 0, 0]))
        #expect(throws: ForeignCheckpoint.self) {
            let parts: [any Persistent] = [LearnedWeights(arena)]
            try parts.restoreModel(Checkpoint(model: model, optimizer: [], state: state))
        }
    }
}
