import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Training aids")
    struct TrainingAidsTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        @Test("A run stops early on all ranks, and its best checkpoint is found from anywhere")
        func stopping() throws {
            let options = [
                "early_stopping.patience=1", "early_stopping.threshold=0.5", "checkpoint.best=loss",
                "checkpoint.keep=1",
            ].flatMap { ["--set", $0] }
            let arguments = place.training("run", options + ["--epochs", "9"])
            let outcome = try place.run(.ranks(2), arguments)
            #expect(
                outcome.output.contains("stopped early  no better test loss in 1 evaluation since step"), "\(outcome)")
            let run = place.files(of: "run")
            let last = try #require(try run.steps.last)
            #expect(last < 9 * 19)
            let best = try #require(try run.metrics("evaluation").last { $0["best"] as? Bool == true })
            let evaluated = try place.run(.ranks(2), ["evaluate", run.path + "/best"])
            let loss = evaluated.output.firstMatch(of: /\nloss +(\S+)/).flatMap { Double($0.1) }
            // the last digit is not kept where JSON is read
            #expect(abs((loss ?? 0) - (best["loss"] as? Double ?? 1)) < 1e-12, "\(evaluated)")
            let listed = try place.run(.alone, ["inspect", run.path + "/best"])
            #expect(listed.output.contains("step       \(try #require(best["step"] as? Int))\n"), "\(listed)")
        }

        @Test(
            "Data given by a relative path are found from another folder; a run directory may have names of one letter")
        func relativeData() throws {
            try place.run(
                .alone,
                [
                    "train", "fashion-mnist", "--data", "data", "--set", "model.hidden=[8]", "--steps", "2",
                    "--run-dir", "r/s",
                ])
            let outcome = try Job(
                [try Workplace.program, "evaluate", place.folder("r/s")], in: NSTemporaryDirectory()
            ).finish()
            #expect(outcome.exit == .code(0), "\(outcome)")
        }

        @Test("A run does not go on with as many other data, and ranks do not train on different ones")
        func otherData() throws {
            try place.train(.alone, "run", ["--steps", "5"])
            let path = place.folder("data/" + ExampleImages.trainingImages)
            let bytes = try Data(contentsOf: URL(filePath: path))
            for launch in [Launch.alone, .ranks(2)] {
                try (bytes.dropLast() + [bytes[bytes.count - 1] ^ 1]).write(to: URL(filePath: path))
                expectRefusal(
                    try place.attempt(
                        launch, place.training("run", ["--steps", "9", "--set", "schedule.steps=9", "--resume"])),
                    mentioning: ["started on training data with the checksum", "not the same", "--data"])
                try bytes.write(to: URL(filePath: path))
            }
            try ExampleImages.write(to: place.folder("other"))
            let labels = place.folder("other/" + ExampleImages.testLabels)
            var changed = try Data(contentsOf: URL(filePath: labels))
            changed[changed.count - 1] = (changed[changed.count - 1] + 1) % 10
            try changed.write(to: URL(filePath: labels))
            let own = place.training("two", ["--steps", "5"])
            let other = own.map { $0 == place.folder("data") ? place.folder("other") : $0 }
            // on one host, whose ranks share what they read
            expectRefusal(
                try place.start(ranks: [own, other]).finish(),
                mentioning: [place.folder("data"), place.folder("other")])
            try place.run(
                .ranks(2), place.training("run", ["--steps", "9", "--set", "schedule.steps=9", "--resume"]))
        }
    }
}
