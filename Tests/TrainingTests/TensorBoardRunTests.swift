import Checkpoints
import Foundation
import RunRecords
import TestSupport
import Testing
import Training
import TrainingTestSupport

@Suite("TensorBoard's events of a run")
struct TensorBoardRunTests {
    private let folder: TrainingFolder

    init() throws { folder = try TrainingFolder([PointsRecipe()]) }

    /// Tag, step and number of every value but times, in order.
    private func values(_ run: String) throws -> [String] {
        let directory = try RunDirectory.existing(at: folder(run))
        return try TensorBoardLog.names(in: directory).flatMap { name in
            try RecordedEvent.all(in: "\(directory.path)/\(name)").events.flatMap { event in
                event.values.filter { !$0.tag.hasPrefix("time/") }.map {
                    "\(event.step) \($0.tag) \($0.scalar.map { "\($0)" } ?? "")"
                }
            }
        }
    }

    private let settings = [
        "shards=4", "epochs=3", "log.every=1", "diagnose.every=2", "checkpoint.every=4", "checkpoint.keep=9",
    ]

    @Test("are equal on 1 and 3 ranks, and after resuming, where no value is there twice")
    func equal() throws {
        try folder.train("one", "points", settings)
        try folder.train("three", "points", ranks: 3, settings)
        try folder.train("resumed", "points", ranks: 2, settings + ["epochs=1"])
        try folder.train("resumed", "points", ranks: 3, resumes: true, ["epochs=3"])
        let one = try values("one")
        #expect(try values("three") == one)
        #expect(Set(one).count == one.count)
        // the settings are written again where a resumed run has changed them
        #expect(try values("resumed").filter { $0 != "4 settings " } == one)
        for start in [
            "0 settings ", "1 train/loss ", "4 test/loss ", "2 weights/weight ", "2 gradients/weight ",
            "2 update_norm/weight ",
        ] {
            #expect(one.contains { $0.hasPrefix(start) }, "\(start)")
        }
    }

    @Test("are cut off where a run goes on from an earlier checkpoint")
    func cut() throws {
        try folder.train("run", "points", settings)
        let whole = try values("run")
        for step in [8, 12] {
            try FileManager.default.removeItem(
                atPath: folder("run") + "/checkpoints/step-" + String(format: "%08d", step))
        }
        try folder.train("run", "points", ranks: 2, resumes: true, [])
        #expect(try values("run") == whole)
    }

    @Test("are left out where they are not wanted, and change no bit")
    func off() throws {
        let with = try folder.train("with", "points", settings)
        let without = try folder.train("without", "points", settings + ["log.tensorboard=false"])
        #expect(with.model == without.model && with.optimizer == without.optimizer)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder("without"))
        #expect(!names.contains { $0.contains("tfevents") })
    }
}
