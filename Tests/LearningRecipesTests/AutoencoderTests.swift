import Datasets
import Foundation
import LearningRecipes
import Settings
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("The recipes vae and autoencoder")
struct AutoencoderTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
    }

    private static let samples = [3, 5, 8]

    /// Where weights are 0, codes and pixels follow from biases alone, whatever is drawn: μ = 0.5, σ² = 0.25 and logits of 0.3.
    private func setBiases(_ made: LearningTask, code: [Float]) {
        made.assignAll(0)
        made.assign("encoder.0.bias", code)
        made.assign("decoder.0.bias", [Float](repeating: 0.3, count: 784))
    }

    /// Σ -(x·ln σ(b) + (1 - x)·ln(1 - σ(b))) = Σ softplus(b) - x·b.
    private func crossEntropy() throws -> Double {
        try LearningTask.pixels(folder, Self.samples).joined().reduce(0) { $0 + softplus(0.3) - 0.3 * Double($1) }
    }

    @Test("The bound is the cross-entropy and β times (μ² + σ² - 1 - ln σ²)/2 for each element of each code")
    func bound() throws {
        let made = try LearningTask(
            VAERecipe(), ["model.hidden=[]", "autoencoder.code=2", "autoencoder.beta=3"], in: folder)
        setBiases(made, code: [0.5, 0.5, Float(log(0.25)), Float(log(0.25))])
        let found = try made.loss(of: Self.samples)
        let divergence = 2 * (0.25 + 0.25 - 1 - log(0.25)) / 2
        let reconstruction = try crossEntropy()
        #expect(isClose(Double(found.sum), reconstruction + 3 * 3 * divergence))
        #expect(isClose(try #require(found.metrics["kl"]), divergence))
        #expect(isClose(try #require(found.metrics["reconstruction"]), reconstruction / 3))
        // d/dμ of β·KL is β·μ; the reconstruction does not depend on the code
        #expect(isClose(Double(try #require(found.gradients["encoder.0.bias"])[0]), 3 * 3 * 0.5))
    }

    @Test("A Gaussian pixel costs (x - m)²/2σ² + ln(2πσ²)/2")
    func gaussian() throws {
        let made = try LearningTask(
            AutoencoderRecipe(),
            ["model.hidden=[]", "autoencoder.likelihood=gaussian", "autoencoder.deviation=0.5"], in: folder)
        setBiases(made, code: [Float](repeating: 0, count: 20))
        let expected = try LearningTask.pixels(folder, Self.samples).joined().reduce(0) {
            $0 + (Double($1) - 0.3) * (Double($1) - 0.3) / 0.5 + 0.5 * log(2 * Double.pi * 0.25)
        }
        #expect(isClose(Double(try made.loss(of: Self.samples).sum), expected))
    }

    @Test("A sparse code costs the sum of its elements above 0, and says which share is")
    func sparse() throws {
        let made = try LearningTask(
            AutoencoderRecipe(),
            ["model.name=sparse", "model.hidden=[]", "autoencoder.code=4", "autoencoder.sparsity=0.5"], in: folder)
        setBiases(made, code: [1, -2, 3, -4])
        let found = try made.loss(of: Self.samples)
        #expect(isClose(Double(found.sum), try crossEntropy() + 3 * 0.5 * 4))
        #expect(found.metrics["active_codes"] == 0.5)
    }

    /// A code that is the sum of the pixels the encoder sees, and a decoder that costs what the code is: the loss is linear in it.
    @Test("A denoising encoder sees the share of pixels that is not masked, others for each image")
    func denoising() throws {
        func seen(_ corruption: String, _ samples: [Int]) throws -> Double {
            let made = try LearningTask(
                AutoencoderRecipe(),
                [
                    "model.name=denoising", "model.hidden=[]", "autoencoder.code=1",
                    "autoencoder.corruption=\(corruption)",
                ],
                in: folder)
            made.assignAll(0)
            made.assign("encoder.0.weight", [Float](repeating: 1, count: 784))
            // the gradient of the decoder's weights is code · Σ (σ(0) - x)
            let found = try made.loss(of: samples).gradients["decoder.0.weight"]
            let pixels = try LearningTask.pixels(folder, samples).joined().reduce(0) { $0 + 0.5 - Double($1) }
            return Double(try #require(found).reduce(0, +)) / pixels
        }
        let whole = try seen("0", [3])
        #expect(isClose(whole, Double(try LearningTask.pixels(folder, [3])[0].reduce(0, +))))
        // 784 masks of probability 0.5: the deviation of the share is below 0.03
        #expect(abs(try seen("0.5", [3]) / whole - 0.5) < 0.1)
        #expect(try seen("0.5", [3]) == seen("0.5", [3]))
    }

    @Test("predict gives the codes of images, which are those that the decoder was given")
    func codes() throws {
        let made = try LearningTask(VAERecipe(), ["model.hidden=[]", "autoencoder.code=2"], in: folder)
        let predictor = try #require(
            try VAERecipe().makePredictor(made.settings, preparation: made.task.preparation))
        let named = predictor.model.parameters.named
        for (name, parameter) in named where name == "encoder.0.bias" {
            parameter.assign(Tensor([0.5, -1, 0, 0]))
        }
        for (name, parameter) in named where name == "encoder.0.weight" {
            parameter.assign(Tensor(repeating: 0, shape: parameter.shape))
        }
        var (request, lines) = (PredictionRequest(), [String]())
        request.testSamples = [7, 0]
        try predictor.predict(request) { lines.append($0) }
        #expect(lines == ["image,code_0,code_1", "7,0.5,-1.0", "0,0.5,-1.0"])
    }

    @Test("A saved size of images that no image has is refused, and so are images of another size")
    func badSizes() throws {
        let settings = try LearningTask(VAERecipe(), [], in: folder).settings
        for (size, text) in [
            ("{\"height\":0,\"width\":28}", "0×28"), ("{\"height\":14,\"width\":28}", "expected 14×28"),
            ("{", "image_size"),
        ] {
            let error = #expect(throws: (any Error).self) {
                try VAERecipe().makeTask(settings, preparation: ["image_size": size], loader: .alone)
            }
            #expect(error.map { "\($0)" }?.contains(text) == true, "\(String(describing: error))")
        }
    }
}
