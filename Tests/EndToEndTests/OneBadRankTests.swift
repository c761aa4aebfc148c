import Foundation
import Testing

extension EndToEnd {
    @Suite("A rank that differs from the others")
    struct OneBadRankTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        /// Runs one job, in which the arguments of the rank `odd` end with `options`.
        private func outcome(of ranks: Int, odd: Int, _ options: [String], others: [String] = []) throws -> Outcome {
            try place.start(
                ranks: (0..<ranks).map { rank in
                    place.training("run", ["--steps", "60"] + (rank == odd ? options : others))
                }
            ).finish(within: 10)
        }

        @Test(
            "in that its data are cut off ends all ranks with that error and its number",
            arguments: [(ranks: 2, odd: 0), (2, 1), (3, 1)])
        func truncated(ranks: Int, odd: Int) throws {
            let images = place.folder("bad/" + ExampleImages.trainingImages)
            try ExampleImages.write(to: place.folder("bad"))
            try Data(contentsOf: URL(filePath: images)).prefix(100_000).write(to: URL(filePath: images))
            let outcome = try outcome(of: ranks, odd: odd, ["--data", place.folder("bad")])
            expectRefusal(outcome, mentioning: ["rank \(odd):", images, "99984", "470400"])
        }

        @Test(
            "in that one of its labels is out of range ends all ranks with that error and its number",
            arguments: [0, 1])
        func label(odd: Int) throws {
            let labels = place.folder("bad/" + ExampleImages.trainingLabels)
            try ExampleImages.write(to: place.folder("bad"))
            var bytes = try Data(contentsOf: URL(filePath: labels))
            bytes[8 + 17] = 10
            try bytes.write(to: URL(filePath: labels))
            let outcome = try outcome(of: 2, odd: odd, ["--data", place.folder("bad")])
            expectRefusal(outcome, mentioning: ["rank \(odd):", labels, "label 10 of sample 17", "0 to 9"])
        }

        @Test("in that it has no data ends all ranks with that error and its number")
        func missing() throws {
            let outcome = try outcome(of: 3, odd: 2, ["--data", place.folder("nowhere")])
            expectRefusal(outcome, mentioning: ["rank 2:", place.folder("nowhere")])
        }

        @Test("in that it was given a wrong setting ends all ranks with that error and its number")
        func wrongSetting() throws {
            let outcome = try outcome(of: 3, odd: 1, ["--set", "optimizer.learning_rate=-1"])
            expectRefusal(outcome, mentioning: ["rank 1:", "optimizer.learning_rate", "-1"])
        }

        /// Each would train something else than was asked for, or wait for ever.
        @Test(
            "in that it was given another setting ends all ranks with an error that names the setting",
            arguments: [
                ["--set", "optimizer.learning_rate=0.01"], ["--seed", "2"], ["--shards", "2"],
                ["--global-batch", "64"], ["--steps", "50"], ["--set", "model.hidden=[8]"],
                ["--set", "log.every=1"], ["--set", "checkpoint.every=10"],
                ["--set", "communication.bucket_kilobytes=1"],
            ])
        func otherSetting(options: [String]) throws {
            let name = options.last?.split(separator: "=").first.map(String.init) ?? ""
            let key = ["--seed": "seed", "--shards": "shards", "--global-batch": "global_batch", "--steps": "steps"]
            expectRefusal(try outcome(of: 2, odd: 1, options), mentioning: ["rank", key[options[0]] ?? name])
        }

        @Test("in that it alone resumes, or does not, ends all ranks with an error that says which", arguments: [0, 1])
        func resumes(odd: Int) throws {
            try place.train(.alone, "run", ["--steps", "60"])
            let outcome = try outcome(of: 2, odd: odd, ["--resume"])
            #expect(outcome.errors.contains("true on") && outcome.errors.contains("false on"), "\(outcome)")
            expectRefusal(outcome, mentioning: ["rank", "--resume"])
        }

        @Test("in that its data have fewer samples ends all ranks with an error that names both numbers")
        func otherData() throws {
            try ExampleImages.write(to: place.folder("fewer"), training: 590)
            expectRefusal(try outcome(of: 2, odd: 1, ["--data", place.folder("fewer")]), mentioning: ["600", "590"])
        }
    }
}
