import Checkpoints
import Communication
import Datasets
import Foundation
import Kernels
import Layers
import TensorEngine
import TestSupport
import Testing
import Training
import TrainingTestSupport

@Suite("Weights are transferred with what they mean")
struct MeaningTransferTests {
    /// Columns and classes of one data set, and of another with some of them in another order.
    private static let first = TableRecipe("first", columns: ["a", "b", "c"], classes: ["cat", "dog", "owl"])
    private static let second = TableRecipe("second", columns: ["c", "a", "new"], classes: ["owl", "eel", "cat"])
    private static let strange = TableRecipe("strange", columns: ["x", "y", "z"], classes: ["1", "2", "3"])
    /// The columns of `first`, standardized otherwise.
    private static let rescaled = TableRecipe(
        "rescaled", columns: ["a", "b", "c"], classes: ["cat", "dog", "owl"],
        standardization: { .init(mean: Double($0) * 2 - 1, deviation: 0.5 + Double($0)) })
    private static let number = TableRecipe(
        "number", columns: ["a"], classes: ["y"], target: .init(mean: 3, deviation: 2))
    private static let otherNumber = TableRecipe(
        "other-number", columns: ["a"], classes: ["y"], target: .init(mean: -1, deviation: 8))
    private static let flattened = FlattenedRecipe()

    private let folder: TrainingFolder
    private let still = ["epochs=1", "optimizer.learning_rate=0"]

    init() throws {
        folder = try TrainingFolder([
            Self.first, Self.second, Self.strange, Self.rescaled, Self.number, Self.otherNumber, Self.flattened,
        ])
    }

    private func values(_ checkpoint: Checkpoint, _ name: String) throws -> [Float] {
        try #require(checkpoint.model.first { $0.name == name }).values
    }

    @Test("Rows and columns go to the entries of the same names, from a run or from its file; the others begin anew")
    func mapped() throws {
        let source = try folder.train("first", "first", ["epochs=3"])
        let fresh = try folder.train("fresh", "second", still)
        let file = folder("first/checkpoints/step-00000012/model.safetensors")
        for (run, path) in [("run", folder("first")), ("file", file)] {
            let found = try folder.train(run, "second", still + ["transfer.from=\(path)"])
            let (old, new) = (try values(source, "output.weight"), try values(fresh, "output.weight"))
            // rows c, a, new; columns owl, eel, cat
            #expect(
                try values(found, "output.weight") == [
                    old[8], new[1], old[6], old[2], new[4], old[0], new[6], new[7], new[8],
                ])
            let (oldBias, newBias) = (try values(source, "output.bias"), try values(fresh, "output.bias"))
            #expect(try values(found, "output.bias") == [oldBias[2], newBias[1], oldBias[0]])
            let report = try folder.text(run, "transfer.txt")
            #expect(
                report.contains(
                    "by name  output.weight: 2 of 3 columns, output.weight: 2 of 3 classes, output.bias: 2 of 3 classes"
                ),
                "\(report)")
            #expect(report.contains("2 of 2 tensors, 6 of 12 numbers"), "\(report)")
        }
    }

    @Test("What shares no name with the source is left out, and said")
    func strange() throws {
        try folder.train("first", "first", ["epochs=1"])
        do {
            try folder.train("strange", "strange", still + ["transfer.from=\(folder("first"))"])
            Issue.record("it was not refused")
        } catch {
            #expect("\(error)".contains("no weight could be taken"), "\(error)")
            #expect("\(error)".contains("output.weight: none of its 3 columns is there"), "\(error)")
            #expect("\(error)".contains("output.bias: none of its 3 classes is there"), "\(error)")
        }
    }

    @Test("Inputs with other means and deviations are rescaled, so that the function stays the same")
    func rescaled() throws {
        try folder.train("first", "first", ["epochs=3"])
        try folder.train("same", "first", still + ["transfer.from=\(folder("first"))"])
        try folder.train("rescaled", "rescaled", still + ["transfer.from=\(folder("first"))"])
        let (same, rescaled) = (try loss("same"), try loss("rescaled"))
        #expect(abs(same - rescaled) < 1e-5 * same, "\(same) \(rescaled)")
        #expect(try folder.text("rescaled", "transfer.txt").contains("rescaled  output.weight (columns)"))
    }

    @Test("Outputs with another mean and deviation are rescaled: mean + deviation · output stays the same")
    func rescaledOutputs() throws {
        let source = try folder.train("source", "number", ["epochs=1"])
        let found = try folder.train("found", "other-number", still + ["transfer.from=\(folder("source"))"])
        let (weight, bias) = (try values(source, "output.weight")[0], try values(source, "output.bias")[0])
        // 3 + 2·(w·x + b) = -1 + 8·(w′·x + b′)  ⇒  w′ = w / 4, b′ = b / 4 + 1 / 2
        #expect(try values(found, "output.weight")[0] == weight / 4)
        #expect(abs(try values(found, "output.bias")[0] - (bias / 4 + 0.5)) < 1e-6)
    }

    @Test("The file of the weights says layouts and entries, the same on one to three ranks")
    func metadata() throws {
        for ranks in 1...3 {
            try folder.train("ranks-\(ranks)", "first", ranks: ranks, ["epochs=1", "shards=3"])
            let path = folder("ranks-\(ranks)/checkpoints/step-00000004/model.safetensors")
            let metadata = try SafetensorsFile(path: path).metadata.filter { !$0.key.hasPrefix("crc32.") }
            #expect(
                metadata == [
                    "layout.output.weight": "[inputs, outputs]", "layout.output.bias": "[outputs]",
                    "meaning.output.weight.0": "columns", "meaning.output.weight.1": "classes",
                    "meaning.output.bias.0": "classes", "entries.columns": #"["a","b","c"]"#,
                    "entries.classes": #"["cat","dog","owl"]"#,
                    "standardization.columns": "[[0,1],[0,1],[0,1]]",
                ])
        }
    }

    @Test(
        "A square matrix of a foreign file is refused until its layout is said; then it is transposed, or taken as it is"
    )
    func foreign() throws {
        let file = folder("foreign.safetensors")
        let matrix: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
        try ForeignFile.write([("output.weight", [3, 3], matrix), ("output.bias", [3], [10, 11, 12])], to: file)
        do {
            try folder.train("refused", "first", still + ["transfer.from=\(file)"])
            Issue.record("it was not refused")
        } catch {
            for part in ["output.weight [3, 3]", "[inputs, outputs]", "[outputs, inputs]", "transfer.layout"] {
                #expect("\(error)".contains(part), "\(error)")
            }
        }
        let transposed: [Float] = [1, 4, 7, 2, 5, 8, 3, 6, 9]
        for (layout, expected) in [("lockstep", matrix), ("pytorch", transposed)] {
            let found = try folder.train(
                layout, "first", still + ["transfer.from=\(file)", "transfer.layout=\(layout)"])
            #expect(try values(found, "output.weight") == expected)
            #expect(try values(found, "output.bias") == [10, 11, 12])
            // a file that does not say what its rows are is taken by index, and that is said
            let byIndex = "output.weight (columns), output.weight (classes), output.bias (classes)\n"
            #expect(try folder.text(layout, "transfer.txt").contains(byIndex))
        }
        // without the matrix there is no doubt
        let bias = try folder.train("bias", "first", still + ["transfer.from=\(file)", "transfer.skip=output.weight"])
        #expect(try values(bias, "output.bias") == [10, 11, 12])
    }

    @Test(
        "Shapes of which all fit PyTorch's layout and one nothing else are PyTorch's; where one fits neither, nobody guesses"
    )
    func transposed() throws {
        let wide = TableRecipe("wide", columns: ["a", "b", "c"], classes: ["y"])
        let folder = try TrainingFolder([wide])
        let file = folder("foreign.safetensors")
        try ForeignFile.write([("output.weight", [1, 3], [1, 2, 3]), ("output.bias", [1], [4])], to: file)
        let found = try folder.train("taken", "wide", still + ["transfer.from=\(file)"])
        #expect(try values(found, "output.weight") == [1, 2, 3])
        #expect(try folder.text("taken", "transfer.txt").contains("from PyTorch  output.weight\n"))
        // as our layout it is another shape
        try folder.train("kept", "wide", still + ["transfer.from=\(file)", "transfer.layout=lockstep"])
        #expect(
            try folder.text("kept", "transfer.txt").contains(
                "other shape  output.weight is [3, 1] here and [1, 3] there (PyTorch's layout: transfer.layout=pytorch)"
            ))
    }

    @Test("A square matrix of a file that PyTorch says it has written is transposed")
    func pyTorchFile() throws {
        let file = folder("foreign.safetensors")
        try ForeignFile.write(
            [("output.weight", [3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]), ("output.bias", [3], [10, 11, 12])], to: file,
            metadata: #"{"format":"pt"}"#)
        let found = try folder.train("found", "first", still + ["transfer.from=\(file)"])
        #expect(try values(found, "output.weight") == [1, 4, 7, 2, 5, 8, 3, 6, 9])
    }

    @Test("Kernels of convolutions and the inputs behind a flattening come from PyTorch's order of axes")
    func convolution() throws {
        // numbers that say where they stand: kernel[o, i, h, w] and weight[o, (c·2 + y)·2 + x] there, ours in our order
        var (kernel, ownKernel) = ([Float](repeating: 0, count: 12), [Float](repeating: 0, count: 12))
        var (weight, ownWeight) = ([Float](repeating: 0, count: 24), [Float](repeating: 0, count: 24))
        for (channel, y, x) in (0..<12).map({ ($0 / 4, $0 / 2 % 2, $0 % 2) }) {
            let value = Float(100 * channel + 10 * y + x)
            kernel[4 * channel + 2 * y + x] = value
            ownKernel[3 * (2 * y + x) + channel] = value
            for output in 0..<2 {
                weight[12 * output + 4 * channel + 2 * y + x] = value + Float(1000 * output)
                ownWeight[2 * (3 * (2 * y + x) + channel) + output] = value + Float(1000 * output)
            }
        }
        let file = folder("pytorch.safetensors")
        try ForeignFile.write(
            [
                ("convolution.weight", [3, 1, 2, 2], kernel), ("convolution.bias", [3], [0, 1, 2]),
                ("output.weight", [2, 12], weight), ("output.bias", [2], [3, 4]),
            ], to: file)
        let found = try folder.train(
            "found", "flattened", still + ["transfer.from=\(file)", "transfer.layout=pytorch"])
        #expect(try values(found, "convolution.weight") == ownKernel)
        #expect(try values(found, "output.weight") == ownWeight)
        #expect(
            try folder.text("found", "transfer.txt").contains("from PyTorch  convolution.weight, output.weight\n"))
    }

    @Test("What a file says wrongly of its tensors is one line, not a crash")
    func badMetadata() throws {
        try folder.train("first", "first", ["epochs=1"])
        let path = folder("first/checkpoints/step-00000004/model.safetensors")
        let source = try SafetensorsFile(path: path)
        for (key, value, part) in [
            ("entries.columns", "[1, 2]", "entries.columns"),
            ("entries.classes", #"["cat"]"#, "as many as output.weight"),
            ("standardization.columns", "[[0, -1], null, null]", "standardization.columns"),
            ("standardization.columns", "[[0, 1]]", "standardization.columns"),
            ("layout.output.weight", "[rows]", "its layout is [inputs, outputs] here and [rows] there"),
        ] {
            var metadata = source.metadata.filter { !$0.key.hasPrefix("crc32.") }
            metadata[key] = value
            let file = folder("bad.safetensors")
            try SafetensorsFile.write(try source.tensors(), metadata: metadata, to: file)
            do {
                try folder.train("bad", "first", still + ["transfer.from=\(file)", "transfer.skip=output.bias"])
                Issue.record("\(key) was not refused")
            } catch {
                #expect("\(error)".contains(part), "\(error)")
                #expect(!"\(error)".contains("\n"))
            }
        }
    }

    private func loss(_ run: String) throws -> Double {
        for line in try folder.text(run, "metrics.jsonl").split(separator: "\n") {
            let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            if record["event"] as? String == "evaluation" { return try #require(record["loss"] as? Double) }
        }
        throw CancellationError()
    }
}

/// Rows of some columns, by a linear layer.
struct TableRecipe: Recipe {
    let name: String
    let summary = "rows"
    let settings: [(key: String, value: String)] = [("global_batch", "10"), ("checkpoint.every", "0")]
    let columns, classes: [String]
    let standardization: @Sendable (Int) -> AxisMeaning.Standardization
    let target: AxisMeaning.Standardization?

    init(
        _ name: String, columns: [String], classes: [String], target: AxisMeaning.Standardization? = nil,
        standardization: @escaping @Sendable (Int) -> AxisMeaning.Standardization = { _ in .init(mean: 0, deviation: 1)
        }
    ) {
        (self.name, self.columns, self.classes) = (name, columns, classes)
        (self.target, self.standardization) = (target, standardization)
    }

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        RowsTask(settings, self)
    }
}

struct RowsTask: TrainingTask {
    let network: Linear
    let recipe: TableRecipe
    let trainingData, testData: Rows
    let modelSummary = "linear", dataSummary = "rows"

    var model: any Parameterized { ["output": network] as ParameterTree }

    init(_ settings: Settings, _ recipe: TableRecipe) {
        var random = InitializationRandom(seed: settings.seed)
        network = Linear(recipe.columns.count, recipe.classes.count, random: &random)
        self.recipe = recipe
        let scales = recipe.columns.indices.map(recipe.standardization)
        (trainingData, testData) = (Rows(scales: scales), Rows(scales: scales))
    }

    var meanings: [AxisMeaning] {
        let columns = recipe.columns.enumerated().map { AxisMeaning.Entry($1, recipe.standardization($0)) }
        return [
            AxisMeaning(
                "columns", columns, at: [.init("output.weight", axis: 0, inputBias: "output.bias")]),
            AxisMeaning(
                "classes", recipe.classes.map { AxisMeaning.Entry($0, recipe.target) },
                at: [.init("output.weight", axis: 1), .init("output.bias", axis: 0, isOutputBias: true)]),
        ]
    }

    func loss(_ batch: LabeledPoints, _ context: ForwardContext) -> SummedLoss {
        let outputs = network(batch.inputs, context)
        let classes = outputs.shape[1]
        guard classes > 1 else {
            return squaredError(outputs, Tensor(batch.labels.values.map(Float.init), shape: [batch.labels.count, 1]))
        }
        return softmaxCrossEntropy(outputs, Indices(batch.labels.values.map { $0 % Int32(classes) }))
    }

    func evaluate(_ batch: LabeledPoints) -> EvaluationSums {
        let loss = loss(batch, .inference())
        return EvaluationSums(
            loss: Double(loss.sum.scalar), terms: loss.count, correct: nil, samples: batch.labels.count)
    }
}

/// 40 rows of numbers around 0, standardized.
struct Rows: Dataset {
    let scales: [AxisMeaning.Standardization]
    let count = 40

    func batch(of samples: [Int]) -> LabeledPoints {
        let values = samples.flatMap { sample in
            scales.enumerated().map { column, scale in
                let value = Double((sample * (7 + 4 * column)) % 40) / 20 - 1
                return Float((value - scale.mean) / scale.deviation)
            }
        }
        return LabeledPoints(
            inputs: Tensor(values, shape: [samples.count, scales.count]),
            labels: Indices(samples.map { Int32($0 * 11 % 3) }))
    }
}

/// A convolution of images 3×3, flattened from 2×2×3, and a linear layer.
private struct FlattenedRecipe: Recipe {
    let name = "flattened"
    let summary = "images"
    let settings: [(key: String, value: String)] = [("global_batch", "10"), ("checkpoint.every", "0")]

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        FlattenedTask(settings)
    }
}

private struct FlattenedTask: TrainingTask {
    private let network: FlattenedNetwork
    var model: any Parameterized { network }
    let trainingData = Rows(scales: Array(repeating: .init(mean: 0, deviation: 1), count: 9))
    var testData: Rows { trainingData }
    let modelSummary = "flattened", dataSummary = "images"

    init(_ settings: Settings) {
        var random = InitializationRandom(seed: settings.seed)
        network = FlattenedNetwork(
            convolution: Convolution2D(1, 3, kernel: 2, random: &random),
            output: Linear(12, 2, flattening: [2, 2, 3], random: &random))
    }

    func loss(_ batch: LabeledPoints, _ context: ForwardContext) -> SummedLoss {
        let images = batch.inputs.reshaped(to: [batch.labels.count, 3, 3, 1])
        return softmaxCrossEntropy(network(images, context), Indices(batch.labels.values.map { $0 % 2 }))
    }

    func evaluate(_ batch: LabeledPoints) -> EvaluationSums {
        let loss = loss(batch, .inference())
        return EvaluationSums(
            loss: Double(loss.sum.scalar), terms: loss.count, correct: nil, samples: batch.labels.count)
    }
}

private struct FlattenedNetwork: Module {
    let convolution: Convolution2D
    let output: Linear
    var parameters: ParameterTree { ["convolution": convolution, "output": output] }
    func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        let y = convolution(x, context)
        return output(y.reshaped(to: [y.shape[0], 12]), context)
    }
}
