import Checkpoints
import Foundation
import TestSupport
import Testing
import Training

/// What MPI adds to these is in the end-to-end tests: processes, shared windows and messages.
@Suite("Training with four shards, on threads as ranks")
struct SameBitsTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    /// Settings that each take another way through the step; 38 steps of two epochs unless said otherwise.
    static let variants: [[String]] = [
        [],
        ["model.dropout=0.3"],
        ["optimizer.name=adamw", "optimizer.weight_decay=0.01"],
        ["optimizer.nesterov=true", "clip.global_norm=0.5", "schedule.warmup_steps=5", "schedule.name=linear"],
        ["global_batch=30"],
        ["global_batch=3", "steps=210"],
        ["shards=6"],
        ["communication.bucket_kilobytes=1"],
        ["communication.path=messages"],
        ["communication.path=messages", "communication.overlap=false"],
        ["communication.ranks_per_host=2"],
        ["communication.sharding=none", "optimizer.name=adam"],
        ["communication.sharding=gradients", "communication.autotune=always", "clip.global_norm=1"],
        ["local.steps=5", "shards=12"],
        ["communication.path=hosts", "communication.ranks_per_host=3"],
        ["compression.name=powersgd", "compression.rank=2"],
        ["compression.name=top_k", "compression.share=0.05"],
        ["communication.combination=adasum"],
    ]

    @Test("gives the same checkpoint on one to four ranks", arguments: variants)
    func sameBytes(values: [String]) throws {
        let values = trainer.images(["epochs=2"] + values)
        let expected = try trainer.train("ranks-1", values)
        #expect(expected.state.step >= 38)
        for ranks in 2...4 {
            #expect(try trainer.train("ranks-\(ranks)", ranks: ranks, values) == expected, "on \(ranks) ranks")
        }
    }

    @Test(
        "gives the same checkpoint however unequally shards are dealt to ranks, and after resuming with others",
        arguments: [
            [], ["communication.path=messages"], ["communication.ranks_per_host=1"],
            ["model.name=resnet20", "steps=3"],
        ])
    func sameBytesBySpeed(values: [String]) throws {
        let values = trainer.images(["epochs=2", "shards=8", "checkpoint.every=2", "checkpoint.keep=100"] + values)
        let expected = try trainer.train("ranks-1", values)
        for (name, speeds) in [("a", "[3, 1]"), ("b", "[1, 9]"), ("c", "[1, 2, 4]"), ("d", "[4, 1, 2, 1]")] {
            let ranks = speeds.count { $0 == "," } + 1
            let balance = ["balance.mode=fixed", "balance.speeds=\(speeds)"]
            let found = try trainer.train(name, ranks: ranks, values + balance)
            #expect(found.model == expected.model && found.optimizer == expected.optimizer, "\(speeds)")
        }
        let newest = try #require(try trainer.folder.names(in: "a/checkpoints").filter { $0.hasPrefix("step-") }.max())
        try trainer.folder.remove("a/checkpoints/\(newest)")
        let resumed = try trainer.train("a", ranks: 3, resumes: true, ["balance.speeds=[1, 1, 3]"])
        #expect(resumed.model == expected.model && resumed.optimizer == expected.optimizer)
    }

    @Test("refuses speeds of other ranks than there are, and ways of training whose result depends on who has a shard")
    func badSpeeds() throws {
        for (values, text) in [
            (["balance.mode=fixed"], "needs the speed of each rank"),
            (["balance.mode=fixed", "balance.speeds=[1, 2, 3]"], "has 3 numbers, and there are 2 ranks"),
            (["balance.mode=automatic", "compression.name=powersgd"], "compression.name"),
            (["balance.mode=automatic", "local.steps=2"], "local.steps"),
            (["balance.speeds=[1, 2]"], "balance.mode"),
        ] {
            let error = #expect(throws: (any Error).self) {
                try trainer.train("bad", ranks: 2, trainer.images(["shards=8"] + values))
            }
            #expect(error.map { "\($0)" }?.contains(text) == true, "\(values): \(String(describing: error))")
        }
    }

    @Test("gives the same metrics on three ranks as on one, to the last digit")
    func sameMetrics() throws {
        let values = trainer.images(["epochs=2", "log.every=5", "model.dropout=0.3"])
        try trainer.train("one", values)
        try trainer.train("three", ranks: 3, values)
        for (event, fields) in [
            ("step", ["step", "epoch", "samples", "loss", "learning_rate", "gradient_norm"]),
            ("evaluation", ["step", "epoch", "samples", "loss", "accuracy"]),
        ] {
            let expected = try trainer.metrics("one", event, fields)
            #expect(expected.count >= 2 && expected.allSatisfy { !$0.contains(nil) })
            #expect(try trainer.metrics("three", event, fields) == expected)
        }
    }

    @Test("differs from training with other shards, seed, batch, dropout or optimizer: comparing can fail")
    func control() throws {
        let reference = try trainer.train("reference", trainer.images(["epochs=1"]))
        for (number, value) in [
            "shards=2", "seed=2", "global_batch=30", "model.dropout=0.3", "optimizer.name=adam", "steps=18",
        ].enumerated() {
            let other = try trainer.train("other-\(number)", trainer.images(["epochs=1", value]))
            #expect(other.model != reference.model, "\(value)")
            #expect(other.optimizer != reference.optimizer, "\(value)")
        }
    }
}
