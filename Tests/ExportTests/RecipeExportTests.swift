import Checkpoints
import Communication
import Datasets
import Export
import Foundation
import Layers
import Recipes
import Settings
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("The export of a trained run")
struct RecipeExportTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
        for (name, text) in [
            ("table.csv", ExampleTexts.table()), ("words.tsv", ExampleTexts.labeledWords()),
            ("reversals.tsv", ExampleTexts.reversals()), ("prose.txt", ExampleTexts.prose()),
        ] { try folder.write(text.utf8, to: name) }
        for (name, shape) in [("vectors", [2, 2, 2, 3]), ("series", [7, 3]), ("arrays", [6, 5, 2])] {
            try ExampleArrays.write(to: folder(name), shape: shape)
        }
        try ExampleArrays.write(to: folder("numbers"), shape: [5], isRegression: true)
        try ExampleSounds.write(to: folder("sounds"), count: 4)
        for name in ["dark", "light"] {
            try folder.createFolder("pictures/\(name)")
            for number in 0..<6 {
                let pixels = (0..<(34 * 33 * 3)).map { UInt8(($0 * (number + 7)) % 101 + (name == "dark" ? 0 : 100)) }
                try folder.write(
                    PNGFile.encode(pixels, width: 34, height: 33, channels: 3), to: "pictures/\(name)/\(number).png")
            }
        }
    }

    /// A model of a recipe, with small sizes.
    struct Run: Sendable {
        let recipe: String
        let data: String?
        let settings: [String]

        init(_ recipe: String, _ data: String?, _ settings: [String]) {
            (self.recipe, self.data, self.settings) = (recipe, data, settings)
        }
    }

    /// Each model of each recipe.
    static let runs: [Run] = {
        var runs: [Run] = []
        for model in ["mlp", "lenet5", "cnn", "resnet20"] {
            runs.append(Run("fashion-mnist", "data", ["model.name=\(model)"]))
        }
        let sizes = ["model.width=16", "model.layers=2"]
        for model in ["gpt", "lstm", "gru", "rnn"] {
            runs.append(Run("language-model", "prose.txt", ["model.name=\(model)", "model.context=12"] + sizes))
        }
        for model in ["lstm", "gru", "rnn", "transformer"] {
            runs.append(Run("sequence-classification", "words.tsv", ["model.name=\(model)"] + sizes))
        }
        runs.append(Run("translation", "reversals.tsv", sizes))
        runs.append(Run("csv", "table.csv", ["model.hidden=[8]"]))
        for model in ["dcgan", "mlp"] {
            runs.append(Run("fashion-gan", "data", ["model.name=\(model)", "model.width=16"]))
        }
        for model in ["mlp", "lenet5", "cnn", "resnet20", "resnet18"] {
            runs.append(Run("images", "pictures", ["model.name=\(model)", "images.size=[32]"]))
        }
        for data in ["vectors", "series", "arrays", "numbers"] {
            runs.append(Run("arrays", data, data == "numbers" ? [] : ["model.width=4"]))
        }
        runs.append(Run("arrays", "series", ["model.name=cnn", "model.width=4"]))
        let sounds = ["audio.pattern={label}_*", "model.width=4", "model.layers=2"]
        for model in ["cnn", "gru", "lstm", "rnn"] {
            runs.append(Run("audio", "sounds", sounds + ["model.name=\(model)"]))
        }
        runs.append(Run("vae", "data", ["model.hidden=[20]", "autoencoder.code=3"]))
        for model in ["plain", "denoising", "sparse"] {
            runs.append(
                Run(
                    "autoencoder", "data",
                    ["model.name=\(model)", "model.hidden=[20]"]
                        + (model == "plain" ? ["autoencoder.likelihood=gaussian"] : [])))
        }
        for model in ["simclr", "simsiam", "byol", "supervised"] {
            runs.append(
                Run(
                    "self-supervised", "data",
                    ["model.name=\(model)", "model.width=2", "self_supervised.probe_samples=70"]))
        }
        for model in ["maml", "reptile"] {
            runs.append(Run("meta-learning", nil, ["model.name=\(model)", "model.hidden=[8]"]))
        }
        runs.append(Run("prototypical", "data", ["model.width=2", "meta.test_tasks=4"]))
        for model in ["fa", "dfa"] { runs.append(Run("feedback-alignment", "data", ["model.name=\(model)"])) }
        runs.append(Run("forward-forward", "data", ["model.hidden=[20, 10]"]))
        runs.append(Run("hebbian", "data", ["model.width=3"]))
        runs.append(Run("masked-language-model", "prose.txt", ["model.context=12"] + sizes))
        runs.append(Run("mixture-gan", nil, ["model.hidden=[8]"]))
        for scenario in ["domain", "class"] {
            runs.append(
                Run(
                    "continual", "data",
                    [
                        "model.name=naive", "model.hidden=[8]", "evaluate.steps=0", "continual.task_steps=2",
                        "continual.scenario=\(scenario)",
                    ]))
        }
        runs.append(Run("domain-adaptation", "data", ["model.name=dann", "model.width=2"]))
        runs.append(Run("sorting", "data", ["model.name=soft-sort", "model.width=2"]))
        runs.append(Run("neural-ode", nil, ["model.hidden=[8]", "ode.trajectories=8", "ode.test_trajectories=4"]))
        let acting = ["model.hidden=[8]", "acting.test_episodes=1", "acting.frames=0", "acting.rollout=4"]
        for environment in ["cartpole", "pendulum"] {
            runs.append(Run("policy-gradient", nil, ["acting.environment=\(environment)"] + acting))
        }
        for model in ["dqn", "dueling"] {
            runs.append(Run("dqn", nil, ["model.name=\(model)", "replay.warmup=8", "replay.capacity=100"] + acting))
        }
        for model in ["sac", "td3"] {
            runs.append(Run("sac", nil, ["model.name=\(model)", "replay.warmup=8", "replay.capacity=100"] + acting))
        }
        runs.append(Run("imitation", nil, ["replay.capacity=100"] + acting))
        // untrained neurons do not answer to latency coding
        for coding in ["constant"] {
            runs.append(
                Run(
                    "spiking", "data",
                    ["model.hidden=[100]", "spiking.steps=25", "spiking.decay=0.999", "spiking.coding=\(coding)"]))
        }
        return runs
    }()

    private func train(_ run: String, of recipe: String, _ data: String?, _ values: [String]) throws {
        var request = TrainingRequest(target: recipe, runDirectory: folder(run), resumes: false)
        let common =
            ["steps=2", "global_batch=4", "evaluate.every=1000"] + (data.map { ["data.path=\(folder($0))"] } ?? [])
        request.overrides = try (common + values).map { try SettingOverride(assignment: $0) }
        let asked = request
        _ = try InProcessCommunicator.run(ranks: 1) { communicator in
            _ = try TrainingProgram(asked, catalog: .all, communicator: communicator).run()
        }
    }

    @Test("describes functions that compute what the model computes", arguments: runs.indices)
    func describes(index: Int) throws {
        let run = Self.runs[index]
        try train("run", of: run.recipe, run.data, run.settings)
        let export = try ModelExport.saved(at: folder("run"), catalog: .all).export
        #expect(!export.functions.isEmpty && !export.metadata.isEmpty)
        for function in export.functions {
            var (found, expected): ([Tensor], [Tensor]) = ([], [])
            for number in 0..<ExportExample.count {
                let example = try ExportExample(function, number: number)
                expected = function.compute(example.arguments)
                found = try GraphInterpreter.run(function, example.arguments, of: export.model)
                #expect(difference(found, expected) < 1e-5, "\(function.name), example \(number)")
                #expect(expected.flatMap(\.values).contains { abs($0) > 1e-4 })
            }
            // the shapes that the files state
            let graph = try ModelGraph(function)
            for (value, tensor) in zip(graph.outputs, found) {
                #expect(zip(value.shape, tensor.shape.sizes).allSatisfy { $0.size == nil || $0.size == $1 })
                #expect(value.shape.count == tensor.shape.rank)
            }
        }
    }

    @Test(
        "to PyTorch is read back by transfer.from, every tensor of it",
        arguments: [
            Run("fashion-mnist", "data", ["model.name=lenet5"]), Run("fashion-mnist", "data", ["model.name=mlp"]),
            Run(
                "language-model", "prose.txt",
                ["model.name=gpt", "model.width=16", "model.layers=2", "model.context=12"]),
            Run("language-model", "prose.txt", ["model.name=lstm", "model.width=16"]),
            Run("sequence-classification", "words.tsv", ["model.name=gru", "model.width=8"]),
            Run("translation", "reversals.tsv", ["model.width=16"]),
        ])
    func roundTrip(run: Run) throws {
        let (recipe, data, settings) = (run.recipe, run.data, run.settings)
        try train("first", of: recipe, data, settings)
        let saved = try ModelExport.saved(at: folder("first"), catalog: .all)
        let files = try Exporter(saved.export, origin: ["recipe": saved.recipe]).writePyTorch(to: folder("export"))
        #expect(files == ["model.py", "model.safetensors", "example.safetensors"])
        // a step that changes no number but 0, and that by next to nothing
        let still = ["optimizer.name=sgd", "optimizer.learning_rate=1e-30", "optimizer.weight_decay=0", "seed=5"]
        try train(
            "second", of: recipe, data, settings + still + ["transfer.from=\(folder("export/model.safetensors"))"])
        let (first, second) = (
            try SavedRun.checkpoint(at: folder("first")), try SavedRun.checkpoint(at: folder("second"))
        )
        #expect(first.model.map(\.name) == second.model.map(\.name))
        for (one, other) in zip(first.model, second.model) {
            #expect(one.shape == other.shape, "\(one.name)")
            #expect(zip(one.values, other.values).allSatisfy { abs($0 - $1) < 1e-25 }, "\(one.name)")
        }
        try train("third", of: recipe, data, settings + still)
        #expect(try SavedRun.checkpoint(at: folder("third")).model != first.model)
    }

    @Test("is refused where inputs are random numbers, and for a recipe that describes no graph")
    func refused() throws {
        try train("rate", of: "spiking", "data", ["model.hidden=[4]", "spiking.coding=rate", "spiking.steps=2"])
        let random = #expect(throws: (any Error).self) { try ModelExport.saved(at: folder("rate"), catalog: .all) }
        #expect(random.map { "\($0)" }?.hasPrefix("cannot export a spiking network with spiking.coding rate") == true)
        try train("synthetic", of: "synthetic", nil, ["model.name=mlp"])
        let none = #expect(throws: (any Error).self) { try ModelExport.saved(at: folder("synthetic"), catalog: .all) }
        #expect(none.map { "\($0)" }?.contains("the recipe synthetic has no export of its model") == true)
    }
}
