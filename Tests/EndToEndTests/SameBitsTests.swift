import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Training with four shards")
    struct SameBitsTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        /// Settings that each take another way between processes; those within one are in RecipesTests.
        static let variants: [[String]] = [
            ["--set", "model.dropout=0.3"],
            ["--set", "communication.path=messages"],
            ["--set", "communication.path=hosts", "--set", "communication.ranks_per_host=3"],
            ["--set", "communication.sharding=gradients", "--autotune", "--set", "clip.global_norm=1"],
            ["--set", "compression.name=powersgd", "--set", "compression.rank=2"],
        ]

        @Test("gives the same bytes without a launcher and on one to four ranks", arguments: variants)
        func sameBytes(options: [String]) throws {
            let options = ["--epochs", "2"] + options
            let expected = try place.train(.alone, "alone", options)
            #expect(try expected.saved.step >= 38)
            let state = try expected.state
            for ranks in 1...4 {
                let run = try place.train(.ranks(ranks), "ranks-\(ranks)", options)
                #expect(try run.saved == expected.saved, "on \(ranks) ranks")
                #expect(try run.state == state, "on \(ranks) ranks")
            }
        }

        @Test(
            "gives the same bytes through shared memory or messages, with and without overlap",
            arguments: ["16"], ["automatic", "messages"])
        func communication(kilobytes: String, path: String) throws {
            let expected = try place.train(.alone, "alone", ["--epochs", "1"]).saved
            for overlap in ["true", "false"] {
                let run = try place.train(
                    .ranks(3), "overlap-\(overlap)",
                    [
                        "--epochs", "1", "--set", "communication.bucket_kilobytes=\(kilobytes)",
                        "--set", "communication.path=\(path)", "--set", "communication.overlap=\(overlap)",
                    ])
                #expect(try run.saved == expected, "overlap \(overlap)")
            }
        }

        @Test("gives the same bytes through shared memory and messages where the ranks synchronize batch normalization")
        func synchronized() throws {
            let options = ["--steps", "3", "--set", "model.name=resnet20", "--set", "model.batch_norm=synchronized"]
            let expected = try place.train(.ranks(3), "automatic", options).saved
            let messages = ["--set", "communication.path=messages", "--set", "communication.bucket_kilobytes=16"]
            #expect(try place.train(.ranks(3), "messages", options + messages).saved == expected)
        }

        @Test("learns: far better than guessing")
        func learns() throws {
            let run = try place.train(.ranks(2), "run", ["--epochs", "5"])
            let accuracy = try run.numbers("accuracy", of: "evaluation").last ?? 0
            #expect(accuracy > 0.7)
        }
    }
}
