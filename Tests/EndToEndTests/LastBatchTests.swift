import Checkpoints
import Foundation
import Testing

extension EndToEnd {
    @Suite("The last batch of an epoch, when the global batch does not divide the samples")
    struct LastBatchTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        @Test("is counted: the run consumes every sample of every epoch", arguments: [Launch.alone, .ranks(3)])
        func everySample(launch: Launch) throws {
            let run = try place.train(launch, "run", ["--epochs", "3", "--set", "log.every=1"])
            let summary = try #require(try run.metrics("summary").first)
            #expect(summary["samples"] as? Int == 3 * ExampleImages.trainingCount)
            #expect(summary["step"] as? Int == 57)  // 600 = 18 · 32 + 24: 19 steps an epoch
            let samples = try [0] + run.numbers("samples", of: "step")
            let sizes = zip(samples.dropFirst(), samples).map { $0 - $1 }
            #expect(sizes == Array(repeating: Array(repeating: 32, count: 18) + [24], count: 3).flatMap(\.self))
        }

        /// Plain descent moves the weights by the learning rate times the mean gradient: the short batch's own mean.
        @Test("moves the weights by the mean over its own samples", arguments: [Launch.alone, .ranks(3)])
        func movement(launch: Launch) throws {
            let run = try place.train(
                launch, "run",
                [
                    "--epochs", "1", "--global-batch", "550", "--set", "optimizer.momentum=0", "--set",
                    "schedule.name=constant", "--set", "log.every=1", "--set", "checkpoint.every=1",
                ])
            #expect(try run.steps == [1, 2])
            let weights = try (1...2).map { try run.store.load(step: $0).model.flatMap(\.values) }
            let squares = zip(weights[0], weights[1]).map { Double($1 - $0) * Double($1 - $0) }
            let norm = try #require(try run.numbers("gradient_norm", of: "step").last)
            #expect(norm > 0.01)
            #expect(abs(squares.reduce(0, +).squareRoot() / (0.05 * norm) - 1) < 1e-3)
        }

        /// Each shard's gradient is weighted by its samples: cut otherwise, the same mean results, up to rounding.
        @Test(
            "weighs each sample alike, in however many shards of whatever size",
            arguments: ["599", "595", "590", "2"])
        func weights(globalBatch: String) throws {
            // Without movement all steps see the same weights, so that errors do not add up.
            let options = [
                "--epochs", "1", "--global-batch", globalBatch, "--set", "log.every=1",
                "--set", "optimizer.learning_rate=0",
            ]
            let whole = try place.train(.alone, "whole", options + ["--shards", "1"])
            let cut = try place.train(.ranks(3), "cut", options + ["--shards", "7"])
            for field in ["loss", "gradient_norm"] {
                let expected = try whole.numbers(field, of: "step")
                let found = try cut.numbers(field, of: "step")
                #expect(expected.count == found.count && expected.count >= 2)
                for (a, b) in zip(expected, found) { #expect(abs(a - b) < 1e-4 * abs(a), "\(field): \(a), \(b)") }
            }
        }
    }
}
