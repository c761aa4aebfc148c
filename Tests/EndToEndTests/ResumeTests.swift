import Foundation
import Testing
import TestSupport

extension EndToEnd {
    @Suite("Resuming a run")
    struct ResumeTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        private let options = ["--epochs", "2", "--set", "checkpoint.every=10"]

        private func attempt(_ launch: Launch, _ more: [String]) throws -> Outcome {
            try place.attempt(launch, place.training("run", options + ["--resume"] + more))
        }

        @Test("with a fixed setting changed is refused, and changes nothing", arguments: [Launch.ranks(2)])
        func fixedSetting(launch: Launch) throws {
            let run = try place.train(.alone, "run", options)
            let before = try files(below: run.path)
            for (key, saved, given, more) in [
                ("seed", "1", "2", ["--seed", "2"]),
                ("shards", "4", "8", ["--shards", "8"]),
                ("global_batch", "32", "64", ["--global-batch", "64"]),
                ("model.hidden", "[32, 16]", "[8]", ["--set", "model.hidden=[8]"]),
                ("optimizer.momentum", "0.9", "0.5", ["--set", "optimizer.momentum=0.5"]),
            ] {
                expectRefusal(try attempt(launch, more), mentioning: [key + " is " + saved, "cannot become " + given])
                #expect(try files(below: run.path) == before)
            }
        }

        @Test("where there is no run is refused, and makes nothing", arguments: [Launch.ranks(2)])
        func noRun(launch: Launch) throws {
            expectRefusal(try attempt(launch, []), mentioning: [place.folder("run"), "no run", "without --resume"])
            #expect(!FileManager.default.fileExists(atPath: place.folder("run")))
            let arguments = ["train", "fashion-mnist", "--data", place.folder("data"), "--resume"]
            expectRefusal(try place.attempt(launch, arguments), mentioning: ["fashion-mnist", "runs", "--run-dir"])
        }

        @Test("that is complete already changes no checkpoint and no record, and says its result again")
        func complete() throws {
            let run = try place.train(.alone, "run", options)
            let before = try files(below: run.path).filter { $0.key != "manifest.json" }
            let outcome = try place.run(.ranks(2), place.training("run", options + ["--resume"]))
            #expect(try files(below: run.path).filter { $0.key != "manifest.json" } == before)
            #expect(outcome.output.contains("the run is complete: nothing is left to train"), "\(outcome)")
            #expect(outcome.output.contains("\n  test accuracy "), "\(outcome)")
        }

        @Test("to fewer steps than it has is refused, and changes nothing", arguments: [Launch.ranks(2)])
        func fewerSteps(launch: Launch) throws {
            let run = try place.train(.alone, "run", options)
            let before = try files(below: run.path)
            expectRefusal(try attempt(launch, ["--steps", "20"]), mentioning: ["20", "38"])
            #expect(try files(below: run.path) == before)
        }

        /// The samples consumed would mean other samples.
        @Test(
            "on data with another number of samples is refused, and changes nothing",
            arguments: [Launch.ranks(2)])
        func otherData(launch: Launch) throws {
            let run = try place.train(.alone, "run", options)
            let before = try files(below: run.path)
            try ExampleImages.write(to: place.folder("fewer"), training: 590)
            let outcome = try attempt(launch, ["--epochs", "3", "--data", place.folder("fewer")])
            expectRefusal(outcome, mentioning: ["600", "590"])
            #expect(try files(below: run.path) == before)
        }
    }
}
