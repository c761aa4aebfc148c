import Foundation
import LearningRecipes
import Recipes
import Settings
import TestSupport
import Testing
import Training

@Suite("The recipe fashion-gan")
struct FashionGANTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    private func train(_ run: String, _ values: [String]) throws {
        try trainer.train(run, of: "fashion-gan", ["data.path=\(trainer.folder("data"))", "log.every=1"] + values)
    }

    /// Of one image, with weights that stay as they are: the discriminator's loss is -ln D(x) - ln(1 - D(G(z))), and the
    /// generator's, for the same noise, -ln D(G(z)).
    @Test("logs losses, D(x) and D(G(z)) by name, which agree with each other", arguments: ["dcgan", "mlp"])
    func losses(model: String) throws {
        try train(
            "run",
            [
                "model.name=\(model)", "model.width=8", "steps=3", "global_batch=1", "shards=1",
                "optimizer.learning_rate=1e-30", "gan.real_label=1",
            ])
        let steps = try trainer.metrics(
            "run", "step", ["discriminator_loss", "generator_loss", "d_real", "d_fake", "loss"])
        #expect(steps.count == 3)
        for step in steps {
            let values = try step.map { try #require($0) }
            #expect(abs(values[0] + log(values[2]) + log(1 - values[3])) < 1e-4)
            #expect(abs(values[1] + log(values[3])) < 1e-4)
            #expect(values[4] == values[0])
        }
        let test = try trainer.metrics("run", "evaluation", ["loss", "generator_loss", "d_real", "d_fake"])
        #expect(try #require(test.last).allSatisfy { $0?.isFinite == true })
    }

    @Test("teaches the discriminator to tell images from noise when the generator learns next to nothing")
    func discriminatorLearns() throws {
        // the generator's rate is that of the optimizer, the discriminator's the product
        try train(
            "run",
            [
                "model.name=mlp", "model.width=16", "steps=60", "global_batch=20", "optimizer.learning_rate=1e-9",
                "gan.discriminator_rate=1e6",
            ])
        let last = try #require(try trainer.metrics("run", "step", ["d_real", "d_fake"]).last)
        #expect(try #require(last[0]) > 0.9)
        #expect(try #require(last[1]) < 0.1)
    }

    @Test("generates a sheet of as many images as asked for, the same for the same seed")
    func sheet() throws {
        var settings = try TrainingRequest(target: "fashion-gan", runDirectory: "").settings(.all)
        settings.model.width = 4
        let generator = try #require(try FashionGANRecipe().makeGenerator(settings, preparation: nil))
        func generate(_ name: String, seed: UInt64) throws -> Data {
            var request = GenerationRequest()
            (request.count, request.seed, request.output) = (10, seed, trainer.folder(name))
            try generator.generate(request) { #expect($0.hasPrefix("10 images")) }
            return try Data(contentsOf: URL(filePath: trainer.folder(name)))
        }
        let sheet = try generate("a.png", seed: 1)
        // 4 columns and 3 rows of 28 pixels with frames of one: IHDR begins with width and height (PNG, 11.2.2)
        #expect(Array(sheet[16..<24]) == [0, 0, 0, 117, 0, 0, 0, 88])
        #expect(try generate("b.png", seed: 1) == sheet)
        #expect(try generate("c.png", seed: 2) != sheet)
    }

    @Test("writes a sheet of images after each evaluation, the same on 1 and 3 ranks and after resuming")
    func sheets() throws {
        let values = [
            "data.path=\(trainer.folder("data"))", "model.name=mlp", "model.width=8", "global_batch=20", "shards=4",
            "gan.samples=9",
        ]
        try trainer.train("one", of: "fashion-gan", values + ["epochs=2"])
        try trainer.train("three", of: "fashion-gan", ranks: 3, values + ["epochs=2"])
        try trainer.train("resumed", of: "fashion-gan", ranks: 2, values + ["epochs=1"])
        // of a step that is made again
        try trainer.folder.write([], to: "resumed/samples/step-00999999.png")
        try trainer.train("resumed", of: "fashion-gan", ranks: 3, resumes: true, ["epochs=2"])
        let one = try files(below: trainer.folder("one/samples"))
        #expect(one.count == 2 && Set(one.values).count == 2)
        for run in ["three", "resumed"] { #expect(try files(below: trainer.folder("\(run)/samples")) == one, "\(run)") }
        // three columns and rows of 28 pixels with frames of one
        #expect(one.values.allSatisfy { Array($0[16..<24]) == [0, 0, 0, 88, 0, 0, 0, 88] })
        try trainer.train("none", of: "fashion-gan", values + ["steps=1", "gan.samples=0"])
        #expect(!FileManager.default.fileExists(atPath: trainer.folder("none/samples")))
    }

    @Test("refuses options of generate that images have no use for, and numbers of images that no sheet has")
    func badRequests() throws {
        let settings = try TrainingRequest(target: "fashion-gan", runDirectory: "").settings(.all)
        let generator = try #require(try FashionGANRecipe().makeGenerator(settings, preparation: nil))
        var (prompt, temperature, count, output) = (
            GenerationRequest(), GenerationRequest(), GenerationRequest(), GenerationRequest()
        )
        (prompt.prompt, temperature.temperature, count.count) = ("shoe", 0.5, 0)
        output.output = trainer.folder("none/sheet.png")
        for (request, text) in [
            (prompt, "--prompt"), (temperature, "--temperature"), (count, "found 0"), (output, "cannot write"),
        ] {
            let error = #expect(throws: (any Error).self) { try generator.generate(request) { _ in } }
            #expect(error.map { "\($0)" }?.contains(text) == true)
        }
    }
}
