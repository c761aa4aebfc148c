import Checkpoints
import Datasets
import Foundation
import Layers
import Recipes
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("Weights of other libraries")
struct ForeignWeightsTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    /// GPT-2 of Hugging Face's transformers with random weights, and its logits: `reference_gpt2.py`.
    private static let gpt2 = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/gpt2").path

    private let still = ["optimizer.learning_rate=0", "steps=1", "schedule.warmup_steps=0"]

    private var gpt2Settings: [String] {
        [
            "data.path=\(trainer.folder("prose.txt"))", "text.tokens=bytes", "model.name=gpt2", "model.layers=2",
            "model.heads=4", "model.width=32", "global_batch=2",
        ] + still
    }

    private func model(context: Int) -> GPT {
        var sizes = GPT.Sizes(layers: 2, heads: 4, width: 32, context: context, vocabulary: 256)
        (sizes.hasBias, sizes.activation) = (true, .geluByTanh)
        var random = InitializationRandom(seed: 9)
        return GPT(sizes, random: &random)
    }

    private struct Logits: Decodable {
        let tokens: [Int32]
        let rows: [Int]
        let logits: [[Float]]
    }

    @Test("GPT-2's logits are the Python package's within 1e-4", arguments: [24, 16])
    func logits(context: Int) throws {
        try trainer.train(
            "run", of: "language-model", ranks: 2,
            gpt2Settings + ["model.context=\(context)", "transfer.from=\(Self.gpt2)", "shards=2"])
        let network = model(context: context)
        try SavedModel(path: trainer.folder("run"), RecipeCatalog.all.settings).load(into: network)
        let expected = try JSONDecoder().decode(
            Logits.self, from: Data(contentsOf: URL(filePath: Self.gpt2 + "/logits.json")))
        let found = network(Indices(expected.tokens, shape: [1, expected.tokens.count]), .inference())
        for (row, values) in zip(expected.rows, expected.logits) {
            for (one, other) in zip(found.values[(row * 256)..<(row * 256 + 256)], values) {
                #expect(abs(one - other) < 1e-4, "\(one) \(other)")
            }
        }
        let report = try trainer.folder.text("run/transfer.txt")
        #expect(report.contains("taken     28 of 28 tensors"), "\(report)")
        #expect(report.contains("GPT-2 of Hugging Face: transformer.wte.weight → tokens.weight"), "\(report)")
        #expect(report.contains("positions.weight: the first 16 of 24 rows") == (context == 16), "\(report)")
    }

    @Test("A head that is not the table of tokens is not taken for one, and that is said")
    func untiedHead() throws {
        let source = try SafetensorsFile(path: Self.gpt2 + "/model.safetensors")
        let tensors = try source.tensors()
        let tokens = try #require(tensors.first { $0.name == "transformer.wte.weight" })
        for (name, values, row) in [
            ("tied", tokens.values, "not needed"), ("untied", tokens.values.map { $0 + 1 }, "unused"),
        ] {
            let file = trainer.folder("\(name).safetensors")
            let all = tensors.map { ($0.name, $0.shape, $0.values) } + [("lm_head.weight", tokens.shape, values)]
            try ForeignFile.write(all, to: file)
            try trainer.train(
                name, of: "language-model", gpt2Settings + ["model.context=16", "transfer.from=\(file)"])
            let lines = try trainer.folder.text("\(name)/transfer.txt").split(separator: "\n")
            let line = try #require(lines.first { $0.contains("lm_head.weight") })
            #expect(line.contains(row), "\(line)")
        }
    }

    /// Numbers that differ, for a tensor of a shape.
    private func numbers(_ shape: [Int], _ start: Int) -> [Float] {
        (0..<shape.reduce(1, *)).map { Float(start + $0) / 1000 }
    }

    private func transposed(_ values: [Float], rows: Int) -> [Float] {
        let columns = values.count / rows
        return (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
    }

    @Test("The layers of an nn.Sequential, numbered with its activations, are the perceptron's in their order")
    func sequential() throws {
        let file = trainer.folder("sequential.safetensors")
        var tensors: [(name: String, shape: [Int], values: [Float])] = []
        // Flatten, Linear, ReLU, Dropout, Linear, ReLU, Dropout, Linear, in the order of names
        for (name, shape) in [("1", [16, 784]), ("10", [10, 16]), ("4", [16, 16])] {
            let start = tensors.count
            tensors.append(("net.\(name).bias", [shape[0]], numbers([shape[0]], start)))
            tensors.append(("net.\(name).weight", shape, numbers(shape, start)))
        }
        try ForeignFile.write(tensors, to: file)
        let found = try trainer.train(
            "run", trainer.images(["model.hidden=[16, 16]", "transfer.from=\(file)"] + still.dropLast()))
        for (there, here) in [("1", "0"), ("4", "1"), ("10", "2")] {
            let weight = try #require(tensors.first { $0.name == "net.\(there).weight" })
            let own = try #require(found.model.first { $0.name == "layers.\(here).weight" })
            #expect(own.values == transposed(weight.values, rows: weight.shape[0]))
            let bias = try #require(tensors.first { $0.name == "net.\(there).bias" })
            #expect(found.model.first { $0.name == "layers.\(here).bias" }?.values == bias.values)
        }
        let report = try trainer.folder.text("run/transfer.txt")
        #expect(report.contains("nn.Sequential of PyTorch: net.1.weight → layers.0.weight"), "\(report)")
    }

    @Test("PyTorch's LSTM has the same gates, and two biases whose sum is ours")
    func lstm() throws {
        let file = trainer.folder("lstm.safetensors")
        let (input, recurrent) = (numbers([16, 4], 0), numbers([16, 4], 500))
        let (first, second) = (numbers([16], 100), numbers([16], 200))
        try ForeignFile.write(
            [
                ("network.weight_ih_l0", [16, 4], input), ("network.weight_hh_l0", [16, 4], recurrent),
                ("network.bias_ih_l0", [16], first), ("network.bias_hh_l0", [16], second),
            ], to: file)
        let found = try trainer.train(
            "run", of: "language-model",
            [
                "data.path=\(trainer.folder("prose.txt"))", "model.name=lstm", "model.layers=1", "model.width=4",
                "model.context=8", "global_batch=2", "transfer.from=\(file)",
            ] + still)
        func values(_ name: String) -> [Float]? {
            found.model.first { $0.name == "network.layers.0.forward.\(name)" }?.values
        }
        #expect(values("inputWeight") == transposed(input, rows: 16))
        #expect(values("recurrentWeight") == transposed(recurrent, rows: 16))
        #expect(values("bias") == zip(first, second).map { $0 + $1 })
    }

    @Test("ResNet-18 of torchvision is the recipe's, its names and layouts turned by rule")
    func residualNetwork() throws {
        try trainer.folder.createFolder("set/a")
        try trainer.folder.createFolder("set/b")
        for number in 0..<8 {
            let pixels = (0..<192).map { UInt8(($0 * (number + 3)) % 251) }
            let file = PNGFile.encode(pixels, width: 8, height: 8, channels: 3)
            try trainer.folder.write(file, to: "set/\(number < 4 ? "a" : "b")/\(number).png")
        }
        // some of its tensors: an entry, a block, a shortcut and the head
        let there: [(name: String, shape: [Int])] = [
            ("conv1.weight", [64, 3, 7, 7]), ("bn1.weight", [64]), ("bn1.running_mean", [64]),
            ("bn1.running_var", [64]), ("bn1.num_batches_tracked", [1]), ("layer1.0.conv2.weight", [64, 64, 3, 3]),
            ("layer1.0.bn2.bias", [64]), ("layer4.0.downsample.0.weight", [512, 256, 1, 1]),
            ("layer4.0.downsample.1.running_var", [512]), ("fc.weight", [2, 512]), ("fc.bias", [2]),
        ]
        let tensors = there.enumerated().map { ($1.name, $1.shape, numbers($1.shape, 1 + $0)) }
        let file = trainer.folder("resnet18.safetensors")
        try ForeignFile.write(tensors, to: file)
        let found = try trainer.train(
            "run", of: "images",
            [
                "data.path=\(trainer.folder("set"))", "images.size=[8]", "model.name=resnet18", "global_batch=2",
                "freeze=[entry.*, normalization.*, stages.*]", "transfer.from=\(file)", "evaluate.every=0",
            ] + still)
        func values(_ name: String) -> [Float] { found.model.first { $0.name == name }?.values ?? [] }
        /// [outputs, inputs, height, width] as [height, width, inputs, outputs].
        func turned(_ index: Int) -> [Float] {
            let (shape, values) = (tensors[index].1, tensors[index].2)
            let (outputs, inputs, area) = (shape[0], shape[1], shape[2] * shape[3])
            return (0..<values.count).map { position in
                let (output, input) = (position % outputs, position / outputs % inputs)
                return values[(output * inputs + input) * area + position / outputs / inputs]
            }
        }
        #expect(values("entry.weight") == turned(0))
        #expect(values("stages.0.0.convolution2.weight") == turned(5))
        #expect(values("stages.3.0.shortcut.convolution.weight") == turned(7))
        #expect(values("output.weight") == transposed(tensors[9].2, rows: 2))
        for (index, name) in [
            (1, "normalization.weight"), (2, "normalization.mean"), (3, "normalization.variance"),
            (6, "stages.0.0.normalization2.bias"), (8, "stages.3.0.shortcut.normalization.variance"),
            (10, "output.bias"),
        ] { #expect(values(name) == tensors[index].2, "\(name)") }
        let report = try trainer.folder.text("run/transfer.txt")
        #expect(report.contains("ResNet of torchvision: conv1.weight → entry.weight"), "\(report)")
        #expect(report.contains("bn1.num_batches_tracked: counts batches"), "\(report)")
    }

    @Test("A file of torch.save is refused with the command that converts it")
    func pickle() throws {
        // what a zip archive, and a pickle of protocol 2, begin with
        for (name, bytes) in [("new.pt", [0x50, 0x4b, 3, 4]), ("old.pth", [0x80, 2, 0x8a])] as [(String, [UInt8])] {
            try trainer.folder.write(bytes, to: name)
            do {
                try trainer.train("run", trainer.images(["transfer.from=\(trainer.folder(name))"]))
                Issue.record("\(name) was not refused")
            } catch {
                for part in ["torch.save", "python3 -c", "save_file", trainer.folder(name)] {
                    #expect("\(error)".contains(part), "\(error)")
                }
            }
        }
    }
}
