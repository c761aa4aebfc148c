import Checkpoints
import Communication
import Foundation
import RunRecords
import Synchronization
import Testing
import TestSupport
import Training
import TrainingTestSupport

@Suite("A run whose checkpoints cannot be written for a while")
struct FailingSaveTests {
    /// A kind of run: on so many ranks, saving beside the steps or not.
    struct Kind: CustomTestStringConvertible, Sendable {
        let ranks: Int
        let isBackground: Bool
        /// Whether each of two hosts writes a part.
        var isSharded = false
        var testDescription: String {
            "\(ranks) ranks, \(isBackground ? "background" : "foreground")\(isSharded ? ", in parts" : "")"
        }
        static let all =
            [1, 2].flatMap { ranks in [true, false].map { Kind(ranks: ranks, isBackground: $0) } }
            + [true, false].map { Kind(ranks: 2, isBackground: $0, isSharded: true) }
    }

    private func values(_ kind: Kind) -> [String] {
        ["checkpoint.every=2", "checkpoint.keep=99", "log.every=1", "checkpoint.background=\(kind.isBackground)"]
            + (kind.isSharded
                ? ["communication.ranks_per_host=1", "communication.zero=optimizer", "checkpoint.sharded=always"] : [])
    }

    /// Trains for twelve steps, and calls `hook` with the path of the run after each.
    private func train(
        _ kind: Kind, resumes: Bool = false, in folder: TemporaryFolder,
        _ hook: @escaping @Sendable (Int, String) throws -> Void = { _, _ in }
    ) throws -> RunSummary {
        let path = folder("run")
        var request = TrainingRequest(target: "hooked", runDirectory: path, resumes: resumes)
        request.overrides = try values(kind).map { try SettingOverride(assignment: $0) }
        let asked = request
        let catalog = RecipeCatalog([HookedRecipe { try hook($0, path) }])
        return try InProcessCommunicator.run(ranks: kind.ranks) {
            try TrainingProgram(asked, catalog: catalog, communicator: $0).run()
        }[0]
    }

    private func undisturbed(_ kind: Kind) throws -> (files: [String: Data], folder: TemporaryFolder) {
        let folder = try TemporaryFolder()
        _ = try train(kind, in: folder)
        return (try files(below: folder("run/checkpoints")), folder)
    }

    private func steps(_ folder: TemporaryFolder) throws -> [Int] {
        let all = try CheckpointStore(directory: folder("run/checkpoints"), keep: 1).verify()
        #expect(all.allSatisfy { $0.damage == nil })
        return all.compactMap(\.step)
    }

    /// Waits until the checkpoint of `step` is there and nothing is being written: beside the steps that may take a while.
    private static func settle(_ run: String, _ step: Int) throws {
        let folder = "\(run)/checkpoints"
        for _ in 0..<1000 {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            if names.contains("step-0000000\(step)"), !names.contains(where: { $0.hasPrefix(".") }) { break }
            usleep(10_000)
        }
        // the names are there before they are on the disk
        usleep(100_000)
    }

    private func records(_ folder: TemporaryFolder) throws -> [MetricsRecord] {
        try folder.text("run/metrics.jsonl").split(separator: "\n").compactMap { MetricsRecord(line: $0) }
    }

    @Test("goes on, tries again at the next save, and ends with the bytes of an undisturbed one", arguments: Kind.all)
    func retried(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let summary = try train(kind, in: folder) { step, run in
            if step == 4 {
                try Self.settle(run, 2)
                try FileManager.default.moveItem(atPath: run + "/checkpoints", toPath: run + "/aside")
                try Data().write(to: URL(filePath: run + "/checkpoints"))
            }
            if step == 7 {
                try FileManager.default.removeItem(atPath: run + "/checkpoints")
                try FileManager.default.moveItem(atPath: run + "/aside", toPath: run + "/checkpoints")
            }
        }
        // that of step 4, once more after the evaluation at the end of its epoch, and, unless it came late, that of step 6
        #expect(try [2, 3].contains(#require(summary.failedSaves)))
        #expect(summary.checkpoint == folder("run/checkpoints/step-00000012"))
        #expect(try steps(folder).filter { $0 != 6 } == [2, 8, 10, 12])
        let (expected, whole) = try undisturbed(kind)
        for (name, bytes) in try files(below: folder("run/checkpoints")) { #expect(bytes == expected[name], "\(name)") }
        withExtendedLifetime(whole) {}
    }

    @Test(
        "ends with an error if the last one cannot be written, and resumes to the same bytes", arguments: Kind.all)
    func lastFails(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let line = message {
            _ = try train(kind, in: folder) { step, run in
                guard step == 7 else { return }
                try Self.settle(run, 6)
                try FileManager.default.moveItem(atPath: run + "/checkpoints", toPath: run + "/aside")
                try Data().write(to: URL(filePath: run + "/checkpoints"))
            }
        }
        #expect(
            line.contains("cannot save the checkpoint \(folder("run/checkpoints/step-00000012"))")
                && line.contains("Not a directory"), "\(line)")
        try folder.remove("run/checkpoints")
        try folder.move("run/aside", to: "run/checkpoints")
        #expect(try steps(folder) == [2, 4, 6])
        _ = try train(kind, resumes: true, in: folder)
        let (expected, whole) = try undisturbed(kind)
        #expect(try files(below: folder("run/checkpoints")) == expected)
        withExtendedLifetime(whole) {}
    }

    @Test("makes its directory again when that is removed, with all records; and its checkpoints", arguments: Kind.all)
    func removed(kind: Kind) throws {
        let (expected, whole) = try undisturbed(kind)
        for (removed, left) in [("", [6, 8, 10, 12]), ("/checkpoints", [6, 8, 10, 12])] {
            let folder = try TemporaryFolder()
            _ = try train(kind, in: folder) { step, run in
                guard step == 5 else { return }
                try Self.settle(run, 4)
                try FileManager.default.removeItem(atPath: run + removed)
            }
            #expect(try steps(folder).suffix(4) == left[...])
            #expect(
                try files(below: folder("run/checkpoints/step-00000012"))
                    == files(below: whole("run/checkpoints/step-00000012")))
            #expect(try folder.text("run/settings.yaml") == whole.text("run/settings.yaml"))
            #expect(try Manifest(path: folder("run/manifest.json")).starts.count == 1)
            let recorded = try records(folder).compactMap {
                if case .step(let report) = $0 { report.step } else { nil }
            }
            #expect(recorded == Array(1...12))
            // killed before its last checkpoint: it goes on from what there is
            try folder.remove("run/checkpoints/step-00000012")
            _ = try train(kind, resumes: true, in: folder)
            #expect(try files(below: folder("run/checkpoints")).allSatisfy { $0.value == expected[$0.key] })
        }
    }

    @Test(
        "ends with one sentence when a later start has taken its directory, and writes nothing more",
        arguments: Kind.all)
    func overtaken(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let before = folder("before")
        let line = message {
            _ = try train(kind, in: folder) { step, run in
                guard step == 7 else { return }
                try Self.settle(run, 6)
                let later = #"{"generation":2,"host":"node2","process":5}"#
                try Data(later.utf8).write(to: URL(filePath: run + "/.lock.new"))
                #expect(rename(run + "/.lock.new", run + "/.lock") == 0)
                try FileManager.default.copyItem(atPath: run, toPath: before)
            }
        }
        #expect(line.contains("is written by a later start now (generation 2, process 5 on node2)"), "\(line)")
        #expect(try files(below: folder("run")) == files(below: before))
    }

    @Test("tries again after a minute, where the next checkpoint is far off", arguments: [59.0, 61])
    func retriedByTheClock(seconds: Double) throws {
        let folder = try TemporaryFolder()
        let path = folder("run")
        let clock = Mutex(0.0)
        var request = TrainingRequest(target: "hooked", runDirectory: path)
        let values = ["checkpoint.every=5", "checkpoint.keep=99", "checkpoint.background=false"]
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        request.requestSources.now = { clock.withLock { $0 } }
        let recipe = HookedRecipe { step in
            if step == 5 { try Data().write(to: URL(filePath: path + "/checkpoints")) }
            if step == 6 { try FileManager.default.removeItem(atPath: path + "/checkpoints") }
            if step == 7 { clock.withLock { $0 = seconds } }
        }
        let asked = request
        _ = try InProcessCommunicator.run(ranks: 2) { communicator in
            try TrainingProgram(asked, catalog: RecipeCatalog([recipe]), communicator: communicator).run()
        }
        #expect(try steps(folder) == (seconds < 60 ? [10, 12] : [8, 10, 12]))
    }

    @Test("saves beside its steps what it would save at once, of every step", arguments: [1, 3])
    func sameBytes(ranks: Int) throws {
        let folder = try TrainingFolder([CourseRecipe()])
        let values = [
            "checkpoint.every=1", "checkpoint.keep=99", "model.name=normalized", "average.name=ema", "shards=3",
        ]
        for isBackground in [true, false] {
            try folder.train(
                "\(isBackground)", "course", ranks: ranks, values + ["checkpoint.background=\(isBackground)"])
        }
        let (background, foreground) = (
            try files(below: folder("true/checkpoints")), try files(below: folder("false/checkpoints"))
        )
        #expect(background.count == 48 && background.keys == foreground.keys)
        for (name, bytes) in background where name.hasSuffix(".safetensors") {
            #expect(bytes == foreground[name], "\(name)")
        }
        for step in 1...12 {
            let states = try ["true", "false"].map { run in
                var state = try CheckpointStore(directory: folder("\(run)/checkpoints"), keep: 1).load(step: step).state
                state.settings["checkpoint.background"] = nil
                return state
            }
            #expect(states[0] == states[1])
        }
        let reports = try folder.records("true").compactMap {
            if case .checkpoint(let report) = $0 { report } else { nil }
        }
        #expect(reports.map(\.step) == Array(1...12) && reports.allSatisfy { $0.writingMilliseconds != nil })
    }

    @Test("A copy of a checkpoint is none of memory that there is not, and does not change with the tensors")
    func snapshot() throws {
        let storage = PersistentStorage(count: 1000)
        for index in 0..<1000 { storage.elements[index] = Float(index) }
        let tensor = PersistentTensor(name: "a", shape: [10, 100], storage: storage)
        #expect(!CheckpointSnapshot(available: { 4000 }).copy(model: [tensor], optimizer: []))
        let snapshot = CheckpointSnapshot(available: { 1 << 20 })
        #expect(snapshot.copy(model: [tensor], optimizer: [tensor]))
        storage.elements[3] = -1
        for copy in snapshot.model + snapshot.optimizer {
            #expect(copy.name == "a" && copy.shape == [10, 100] && copy.values == (0..<1000).map(Float.init))
        }
    }
}
