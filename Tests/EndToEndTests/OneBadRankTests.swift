import Foundation
import TestSupport
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
            "in that it was given other data ends all ranks with an error that names both",
            arguments: [(ranks: 2, odd: 0), (2, 1), (3, 2)])
        func otherData(ranks: Int, odd: Int) throws {
            try ExampleImages.write(to: place.folder("other"), training: 590)
            let outcome = try outcome(of: ranks, odd: odd, ["--data", place.folder("other")])
            expectRefusal(outcome, mentioning: [place.folder("other"), place.folder("data"), "--data"])
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
    }
}
