import Checkpoints
import Communication
import Foundation
import Testing
import Training
import TrainingTestSupport

@Suite("ZeRO across hosts")
struct ZeroTests {
    let folder: TrainingFolder

    init() throws {
        folder = try TrainingFolder([
            PointsRecipe(settings: [
                ("checkpoint.every", "0"), ("model.name", "wide"), ("agreement.every", "1"), ("epochs", "2"),
                ("shards", "4"), ("global_batch", "10"), ("optimizer.weight_decay", "0.01"),
                ("communication.bucket_kilobytes", "1"),
            ])
        ])
    }

    /// One rank per host, two, and hosts with two ranks and one.
    private static let places: [(ranks: Int, options: [String])] = [
        (2, ["communication.ranks_per_host=1"]), (3, ["communication.path=messages"]),
        (4, ["communication.ranks_per_host=2"]), (3, ["communication.ranks_per_host=2"]),
    ]

    @Test(
        "divides the optimizer's state and the gradients, and learns the same bits as without",
        arguments: gradientOptimizers)
    func sameBits(optimizer: String) throws {
        let values = ["optimizer.name=\(optimizer)", "optimizer.learning_rate=0.01"]
        let alone = try folder.train("alone", "points", values)
        for (number, place) in Self.places.enumerated() {
            for zero in ["optimizer", "gradients"] {
                let options = place.options + ["communication.zero=\(zero)"]
                let found = try folder.train("\(number)-\(zero)", "points", ranks: place.ranks, values + options)
                #expect(found.model == alone.model && found.optimizer == alone.optimizer, "\(options)")
            }
        }
    }

    @Test(
        "brings sums of squares together in the order of one host, for clipping and the norms of logs",
        arguments: [
            ["clip.global_norm=0.3"], ["clip.parameter_norm=0.05", "clip.global_norm=0.06", "clip.value=0.01"],
            ["optimizer.name=lamb", "clip.global_norm=0.1"], ["diagnose.every=2", "log.every=1"],
            ["model.name=normalized", "average.name=ema", "average.decay=0.8", "clip.global_norm=0.3"],
            ["freeze=[layers.0.*]", "clip.global_norm=0.3"],
        ])
    func norms(values: [String]) throws {
        let alone = try folder.train("alone", "points", values)
        let norms = try norms(of: "alone")
        for (number, place) in Self.places.enumerated() {
            let options = place.options + ["communication.zero=gradients"]
            let found = try folder.train("\(number)", "points", ranks: place.ranks, values + options)
            #expect(found.model == alone.model && found.optimizer == alone.optimizer, "\(options)")
            #expect(try self.norms(of: "\(number)") == norms, "\(options)")
        }
    }

    /// The gradient norms that a run has logged.
    private func norms(of run: String) throws -> [Substring] {
        let norms = try folder.text(run, "metrics.jsonl").matches(of: #/"gradient_norm":[-0-9.e+]+/#).map(\.output)
        #expect(!norms.isEmpty)
        return norms
    }

    @Test("goes on from its checkpoints on any number of hosts, and from those of runs without")
    func resumed() throws {
        let values = ["optimizer.name=adamw"]
        let whole = try folder.train("whole", "points", values)
        for (number, (first, second)) in [
            ("optimizer", "off"), ("off", "gradients"), ("gradients", "optimizer"), ("gradients", "gradients"),
        ].enumerated() {
            let run = "run-\(number)"
            try folder.train(
                run, "points", ranks: 3,
                values + ["epochs=1", "communication.zero=\(first)", "communication.ranks_per_host=1"])
            let resumed = try folder.train(
                run, "points", ranks: 2 + number % 3, resumes: true,
                values + [
                    "epochs=2", "communication.zero=\(second)", "communication.ranks_per_host=\(1 + number % 2)",
                    "communication.bucket_kilobytes=2",
                ])
            #expect(resumed.model == whole.model && resumed.optimizer == whole.optimizer, "\(first), then \(second)")
        }
    }

    @Test(
        "saves each host's part by that host where it is to, and goes on from it on any number of hosts",
        arguments: ["optimizer", "gradients"], [true, false])
    func sharded(zero: String, isBackground: Bool) throws {
        let values = [
            "optimizer.name=adamw", "checkpoint.every=3", "checkpoint.sharded=always", "freeze=[layers.0.bias]",
            "checkpoint.background=\(isBackground)",
        ]
        let whole = try folder.train("whole", "points", values)
        for (number, place) in Self.places.enumerated() {
            let run = "run-\(number)"
            let parts = try folder.train(
                run, "points", ranks: place.ranks, values + place.options + ["epochs=1", "communication.zero=\(zero)"])
            let names = try FileManager.default.contentsOfDirectory(
                atPath: folder(run) + "/checkpoints/" + lastStep(of: run))
            let hosts = [2, 3, 2, 2][number]
            #expect(names.filter { $0.hasPrefix("optimizer-") }.count == hosts, "\(names)")
            #expect(names.allSatisfy { !$0.hasSuffix(".written") })
            #expect(parts.model.count == whole.model.count)
            let resumed = try folder.train(
                run, "points", ranks: 1 + number, resumes: true,
                values + [
                    "epochs=2", "communication.zero=\(number % 2 == 0 ? "off" : zero)",
                    "communication.ranks_per_host=1",
                ])
            #expect(resumed.model == whole.model)
            #expect(resumed.optimizer.sorted { $0.name < $1.name } == whole.optimizer.sorted { $0.name < $1.name })
        }
    }

    private func lastStep(of run: String) throws -> String {
        try FileManager.default.contentsOfDirectory(atPath: folder(run) + "/checkpoints").filter {
            $0.hasPrefix("step-")
        }
        .max() ?? ""
    }
}
