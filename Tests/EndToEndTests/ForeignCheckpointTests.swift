import Checkpoints
import Foundation
import Testing
import TestSupport

extension EndToEnd {
    @Suite("A checkpoint of another model")
    struct ForeignCheckpointTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        private let options = ["--steps", "10"]

        /// A run whose checkpoint has been replaced, checksums and all, by one with parts of another run.
        private func swapped(_ other: [String], _ swap: (inout Checkpoint, Checkpoint) -> Void) throws -> RunFiles {
            let run = try place.train(.alone, "run", options)
            let foreign = try place.train(.alone, "foreign", options + other)
            var checkpoint = try run.store.load(step: 10)
            swap(&checkpoint, try foreign.store.load(step: 10))
            try run.store.save(checkpoint)
            return run
        }

        private func resume(_ launch: Launch) throws -> Outcome {
            try place.attempt(
                launch, place.training("run", ["--steps", "20", "--set", "schedule.steps=20", "--resume"]))
        }

        @Test(
            "is refused by --resume and evaluate, with the tensor and both shapes",
            arguments: [Launch.ranks(2)])
        func otherWidth(launch: Launch) throws {
            let run = try swapped(["--set", "model.hidden=[48, 16]"]) { $0.model = $1.model }
            let before = try files(below: run.path)
            let parts = ["another model", "layers.0.weight", "[784, 48]", "[784, 32]"]
            expectRefusal(try resume(launch), mentioning: parts)
            expectRefusal(try place.attempt(launch, ["evaluate", run.path]), mentioning: parts)
            #expect(try files(below: run.path) == before)
        }

        @Test("with fewer or more layers is refused, with the tensor", arguments: ["[32]", "[32, 16, 8]"])
        func otherDepth(hidden: String) throws {
            _ = try swapped(["--set", "model.hidden=\(hidden)"]) { $0.model = $1.model }
            expectRefusal(try resume(.alone), mentioning: ["another model", "layers."])
        }

        @Test("or of another optimizer is refused by --resume, with the tensor", arguments: [Launch.ranks(2)])
        func otherOptimizer(launch: Launch) throws {
            let run = try swapped(["--set", "optimizer.name=adamw"]) { $0.optimizer = $1.optimizer }
            expectRefusal(try resume(launch), mentioning: ["another optimizer", "momentum.layers.0.weight"])
            // The model itself is the right one.
            try place.run(launch, ["evaluate", run.path])
        }

        @Test("or no checkpoint at all is refused by evaluate and inspect", arguments: ["evaluate", "inspect"])
        func noCheckpoint(command: String) throws {
            for launch in [Launch.ranks(2)] {
                for name in ["nowhere", "data", "data/" + ExampleImages.testLabels] {
                    let outcome = try place.attempt(launch, [command, place.folder(name)])
                    expectRefusal(outcome, mentioning: [place.folder(name), "checkpoint"])
                }
            }
        }
    }
}
