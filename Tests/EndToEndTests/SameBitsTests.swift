import Foundation
import Testing

extension EndToEnd {
    @Suite("Training with four shards")
    struct SameBitsTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        /// Settings that each take another way through the step; 38 steps of two epochs unless said otherwise.
        static let variants: [[String]] = [
            [],
            ["--set", "model.dropout=0.3"],
            ["--set", "optimizer.name=adamw", "--set", "optimizer.weight_decay=0.01"],
            [
                "--set", "optimizer.nesterov=true", "--set", "clip.global_norm=0.5", "--set",
                "schedule.warmup_steps=5", "--set", "schedule.name=linear",
            ],
            ["--global-batch", "30"],
            ["--global-batch", "3", "--steps", "210"],
            ["--shards", "6"],
            ["--set", "communication.bucket_kilobytes=1"],
            ["--set", "communication.path=messages"],
            ["--set", "communication.path=messages", "--set", "communication.overlap=false"],
            ["--set", "communication.ranks_per_host=2"],
            ["--set", "communication.sharding=none", "--set", "optimizer.name=adam"],
            ["--set", "communication.sharding=gradients", "--autotune", "--set", "clip.global_norm=1"],
            ["--set", "local.steps=5", "--shards", "12"],
            ["--set", "communication.path=hosts", "--set", "communication.ranks_per_host=3"],
            ["--set", "compression.name=powersgd", "--set", "compression.rank=2"],
            ["--set", "compression.name=top_k", "--set", "compression.share=0.05"],
            ["--set", "communication.combination=adasum"],
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
            "gives the same bytes whatever the buckets, through shared memory or messages, with and without overlap",
            arguments: ["1", "16", "100000"], ["automatic", "messages"])
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

        @Test("gives the same metrics on three ranks as alone, to the last digit")
        func sameMetrics() throws {
            let options = ["--epochs", "2", "--set", "log.every=5", "--set", "model.dropout=0.3"]
            let alone = try place.train(.alone, "alone", options)
            let three = try place.train(.ranks(3), "three", options)
            for (event, fields) in [
                ("step", ["step", "epoch", "samples", "loss", "learning_rate", "gradient_norm"]),
                ("evaluation", ["step", "epoch", "samples", "loss", "accuracy"]),
            ] {
                for field in fields {
                    let expected = try alone.numbers(field, of: event)
                    #expect(expected.count >= 2)
                    #expect(try three.numbers(field, of: event) == expected, "\(field) of \(event)")
                }
            }
        }

        @Test("differs from training with other shards, seed, batch, dropout or optimizer: comparing can fail")
        func control() throws {
            let reference = try place.train(.alone, "reference", ["--epochs", "1"]).saved
            for (place, options) in [
                ["--shards", "2"], ["--seed", "2"], ["--global-batch", "30"], ["--set", "model.dropout=0.3"],
                ["--set", "optimizer.name=adam"], ["--steps", "18"],
            ].enumerated() {
                let other = try self.place.train(.alone, "other-\(place)", ["--epochs", "1"] + options).saved
                #expect(other != reference, "\(options)")
                #expect(other.model != reference.model, "\(options)")
                #expect(other.optimizer != reference.optimizer, "\(options)")
            }
        }

        @Test("learns: far better than guessing")
        func learns() throws {
            let run = try place.train(.ranks(2), "run", ["--epochs", "5"])
            let accuracy = try run.numbers("accuracy", of: "evaluation").last ?? 0
            #expect(accuracy > 0.7)
        }
    }
}
