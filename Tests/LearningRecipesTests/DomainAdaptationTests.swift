import Foundation
import LearningRecipes
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("The recipe domain-adaptation")
struct DomainAdaptationTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
    }

    private static let samples = [0, 4, 7]
    private static let logits = (0..<10).map { 0.1 * Double($0) }
    private static let total = logits.map { exp($0) }.reduce(0, +)

    /// The cross-entropy of these logits.
    private func classLoss(_ labels: [Int]) -> Double {
        labels.map { log(Self.total) - Self.logits[$0] }.reduce(0, +)
    }

    /// Convolutions of 0 and features of 1 for every image; the classes see feature 0 alone, the domain classifier feature 1.
    private func made(_ values: String...) throws -> LearningTask {
        let made = try LearningTask(DomainAdaptationRecipe(), ["model.width=1"] + values, in: folder)
        made.assignAll(0)
        // the last batch normalization, whose factors are 0
        made.assign("features.8.bias", [1, 1, 1, 1])
        var identity = [Float](repeating: 0, count: 16)
        for index in 0..<4 { identity[5 * index] = 1 }
        made.assign("classes.0.weight", identity)
        made.assign("domain.0.weight", identity)
        var first = [Float](repeating: 0, count: 40)
        for output in 0..<10 { first[output] = 0.1 * Float(output) }
        made.assign("classes.1.weight", first)
        made.assign("domain.1.weight", [0, 0.5, 0, 0])
        return made
    }

    /// Classes: logits 0.1·k; domain: logit 0.5, of n source images (target 0) and n target images (target 1).
    /// The mean of both domain terms is half of their sum: n·(softplus(0.5) + softplus(-0.5))/2.
    @Test(
        "DANN's loss is that of the classes and of the domains, and the domain's gradient is reversed for the features")
    func reversal() throws {
        let lambda = 0.3 * (2 / (1 + exp(-10)) - 1)
        let found = try made("domain.weight=0.3").loss(of: Self.samples)
        let (logits, total) = (Self.logits, Self.total)
        let labels = try labels()
        let classLoss = classLoss(labels)
        let domainLoss = 3 * (softplus(0.5) + softplus(-0.5)) / 2
        #expect(isClose(Double(found.sum), classLoss + domainLoss))
        #expect(isClose(try #require(found.metrics["class_loss"]), classLoss / 3))
        #expect(isClose(try #require(found.metrics["domain_loss"]), domainLoss / 3))
        let features = try #require(found.gradients["features.8.bias"]).map(Double.init)
        // Σ (softmax - one-hot)·0.1·k
        let mean = logits.map { exp($0) / total * $0 }.reduce(0, +)
        #expect(isClose(features[0], labels.map { mean - logits[$0] }.reduce(0, +)))
        // d/dz of the domain's terms: n·(σ(z) + σ(z) - 1)/2, times the weight 0.5, reversed
        let slope = 3 * (2 / (1 + exp(-0.5)) - 1) / 2
        #expect(isClose(features[1], -lambda * slope * 0.5))
        #expect(isClose(Double(try #require(found.gradients["domain.1.bias"])[0]), slope))
        #expect(features[2] == 0)
    }

    private func labels() throws -> [Int] {
        let bytes = try Data(contentsOf: URL(filePath: folder("data/\(ExampleImages.trainingLabels)")))
        return Self.samples.map { Int(bytes[8 + $0]) }
    }

    @Test("source-only sees no target image, target no source image")
    func bounds() throws {
        let expected = classLoss(try labels())
        let source = try made("model.name=source-only").loss(of: Self.samples)
        #expect(isClose(Double(source.sum), expected))
        let target = try made("model.name=target").loss(of: Self.samples)
        #expect(target.sum != source.sum)
        for found in [source, target] {
            #expect(try #require(found.gradients["domain.1.bias"]) == [0])
        }
    }

    /// With w in 0...1 for the texture's three waves: x + (1 - x)·c·w, and |1 - c + c·w - x|.
    @Test("Target images have a texture of their own where they are dark, or are inverted before it")
    func shifts() throws {
        func images(_ shift: String, _ texture: String) throws -> DomainImages.Batch {
            let made = try LearningTask(
                DomainAdaptationRecipe(), ["model.width=1", "domain.shift=\(shift)", "domain.texture=\(texture)"],
                in: folder)
            return try #require(made.task.testData as? DomainImages).batch(of: Self.samples)
        }
        let plain = try images("background", "0")
        let source = plain.source.values
        #expect(plain.target.values == source)
        #expect(try images("inverted", "0").target.values == source.map { 1 - $0 })
        let (background, inverted) = (try images("background", "1").target, try images("inverted", "0.5").target)
        let waves = zip(source, background.values).map { $0 == 1 ? nil : ($1 - $0) / (1 - $0) }
        for (wave, (x, other)) in zip(waves, zip(source, inverted.values)) {
            guard let wave else { continue }
            #expect((-1e-5...1.00001).contains(wave))
            #expect(abs(abs(0.5 + 0.5 * wave - x) - other) < 1e-5)
        }
        // three waves are within a tenth of their ends and their mean somewhere, and differ between images
        let found = waves.compactMap(\.self)
        #expect(try #require(found.min()) < 0.1 && #require(found.max()) > 0.9)
        let size = waves.count / Self.samples.count
        #expect(waves[..<size] != waves[size..<2 * size])
    }
}
