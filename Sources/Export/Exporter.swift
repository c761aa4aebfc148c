public import Checkpoints
import Foundation
import Layers
import Kernels
import TensorEngine
public import Training

/// Writes a trained model in the formats of other tools.
public struct Exporter {
    private let export: ModelExport
    private let metadata: [(key: String, value: String)]
    private let names: TensorNames

    /// Of the model of `export`; `origin` says what goes into the files beside its own metadata.
    public init(_ export: ModelExport, origin: [String: String]) {
        self.export = export
        metadata = export.metadata.merging(origin) { own, _ in own }.sorted { $0.key < $1.key }
            .map { (key: $0.key, value: $0.value) }
        names = TensorNames(export.model)
    }

    /// The files of ONNX, by name: one for each function.
    public func onnx() throws -> [(name: String, bytes: [UInt8])] {
        try export.functions.map { function in
            let graph = try ONNXGraph.message(function, names)
            guard graph.bytes.count < Self.longestProtobuf else { throw ModelTooLarge(bytes: graph.bytes.count) }
            let model = ONNXMessages.model(
                graph: graph, version: LockstepVersion.number, description: "\(export.summary): \(function.summary)",
                metadata: metadata)
            return ("\(function.name).onnx", model.bytes)
        }
    }

    /// Messages of Protocol Buffers must be shorter than 2 GiB.
    private static let longestProtobuf = 1 << 31 - 1_000_000

    /// The text of the Python file, the tensors in PyTorch's names and layouts, and the metadata beside them.
    public func pyTorch() throws -> (python: String, tensors: [NamedTensor], metadata: [String: String]) {
        let file = try PyTorchFile(export, names, metadata)
        var texts = file.layouts.merging(metadata.map { ($0.key, $0.value) }) { layout, _ in layout }
        // what PyTorch's own readers look for
        texts["format"] = "pt"
        return (file.text, file.tensors, texts)
    }

    /// Inputs of each function, and what Lockstep computes of them, for comparison: `generator.noise`, `generator.images`; of other
    /// sizes of the dynamic axes `generator.2.noise`, `generator.3.noise`, …
    public func example() throws -> [NamedTensor] {
        try export.functions.flatMap { function in
            try (0..<ExportExample.count).flatMap { number -> [NamedTensor] in
                let example = try ExportExample(function, number: number)
                return example.inputs + example.outputs
            }
        }
    }

    /// Writes the files of ONNX, and the example, into `directory`. Returns the names of the files.
    public func writeONNX(to directory: String) throws -> [String] {
        let files = try onnx()
        try makeDirectory(directory)
        for file in files { try Self.write(file.bytes, to: "\(directory)/\(file.name)") }
        return files.map(\.name) + [try writeExample(to: directory)]
    }

    /// Writes the Python file, the weights and the example into `directory`. Returns the names of the files.
    public func writePyTorch(to directory: String) throws -> [String] {
        let (python, tensors, metadata) = try pyTorch()
        try makeDirectory(directory)
        try Self.write(Array(python.utf8), to: "\(directory)/model.py")
        try SafetensorsFile.write(tensors, metadata: metadata, to: "\(directory)/model.safetensors")
        return ["model.py", "model.safetensors", try writeExample(to: directory)]
    }

    private func writeExample(to directory: String) throws -> String {
        try SafetensorsFile.write(try example(), to: "\(directory)/example.safetensors")
        return "example.safetensors"
    }

    /// Writes a file: readers see the old one or the new one, never a part.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        try OutputFile.replace(path) { (file) throws(CheckpointError) in
            try file.write(bytes)
        }
    }

    private func makeDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw UnwritableExport(
                path: path, reason: (error as NSError).localizedFailureReason ?? "the system refused")
        }
    }
}
