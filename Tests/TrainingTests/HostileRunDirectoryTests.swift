import Checkpoints
import Foundation
import Testing
import Training
import RunRecords
import TestSupport
import TrainingTestSupport

@Suite("A run directory that somebody has prepared or edited")
struct HostileRunDirectoryTests {
    private let values = ["epochs=2", "checkpoint.every=1", "checkpoint.keep=9"]

    private func link(_ path: String, to target: String) throws {
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test("does not choose where is written: links beside settings and manifest are replaced")
    func replaced() throws {
        try withTemporaryDirectory { parent in
            let directory = try RunDirectory.create(at: parent + "/run")
            let precious = parent + "/precious"
            try Data("precious".utf8).write(to: URL(filePath: precious))
            for name in ["settings.yaml", "settings.yaml.new", "manifest.json.new"] {
                try link(directory.path + "/" + name, to: precious)
            }
            try directory.write(Settings())
            try directory.record(
                Manifest.Start(
                    version: "1", revision: nil, commandLine: [], hosts: [], ranks: 1, threads: 1, libraries: [:]),
                of: Settings())
            #expect(try String(contentsOfFile: precious, encoding: .utf8) == "precious")
            #expect(try Manifest(path: directory.manifestPath).starts.count == 1)
        }
    }

    @Test("makes no file elsewhere by dangling links, and none is appended to by others", arguments: [true, false])
    func dangling(isDangling: Bool) throws {
        try withTemporaryDirectory { parent in
            let target = parent + "/target"
            if !isDangling { try Data("precious".utf8).write(to: URL(filePath: target)) }
            try link(parent + "/metrics.jsonl", to: target)
            let line = message { _ = try MetricsFile(path: parent + "/metrics.jsonl") }
            #expect(line.contains("it is a symbolic link"), "\(line)")
            #expect(exists(target) != isDangling)
        }
    }

    @Test("holds up nobody by a named pipe", arguments: ["manifest.json", "metrics.jsonl", "settings.yaml", ".lock"])
    func pipes(name: String) throws {
        let folder = try TrainingFolder([PointsRecipe()])
        try folder.train("run", "points", values)
        let path = folder("run") + "/" + name
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
        let line = message { try folder.train("run", "points", resumes: true, values) }
        #expect(line.contains(name) && line.contains("regular file"), "\(line)")
    }

    @Test("has a lock that only its owner can hold")
    func lock() throws {
        let folder = try TrainingFolder([PointsRecipe()])
        try folder.train("run", "points", values)
        let mode = try FileManager.default.attributesOfItem(atPath: folder("run") + "/.lock")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let target = folder("target")
        try link(folder("run") + "/.lock", to: target)
        #expect(message { try folder.train("run", "points", resumes: true, values) } != "no error")
        #expect(!exists(target))
    }

    /// Saves the newest checkpoint of the run once more, with an edited state and right checksums.
    private func edit(_ folder: TrainingFolder, _ body: (inout RunState) -> Void) throws {
        let store = CheckpointStore(directory: folder("run") + "/checkpoints", keep: 9)
        var checkpoint = try #require(try store.newest { _ in })
        body(&checkpoint.state)
        try store.save(checkpoint)
    }

    @Test("with a state that does not fit its settings and its data is refused, with both values")
    func contradictions() throws {
        let folder = try TrainingFolder([PointsRecipe()])
        let end = try folder.train("run", "points", values + ["steps=3"]).state
        let more = values + ["steps=6"]
        let count = try #require(end.trainingSamples)

        try edit(folder) {
            $0.samplesConsumed -= 1
            $0.epoch = $0.samplesConsumed / count
        }
        let samples = message { try folder.train("run", "points", resumes: true, more) }
        #expect(
            samples.contains("3 steps have consumed \(end.samplesConsumed - 1) samples")
                && samples.contains("they are \(end.samplesConsumed)"), "\(samples)")

        try edit(folder) {
            $0 = end
            $0.seed += 1
            $0.settings["seed"] = "\($0.seed)"
        }
        let seed = message { try folder.train("run", "points", resumes: true, more) }
        #expect(
            seed.contains("seed is \(end.seed + 1) in the checkpoint and \(end.seed) in ")
                && seed.contains("/settings.yaml"), "\(seed)")

        try edit(folder) { $0 = end }
        #expect(try folder.train("run", "points", resumes: true, more).step == 6)
    }

    @Test("with the manifest of another run is refused")
    func otherManifest() throws {
        let folder = try TrainingFolder([PointsRecipe()])
        try folder.train("run", "points", values)
        let path = folder("run") + "/manifest.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("\"shards\" : 1", with: "\"shards\" : 7").write(
            toFile: path, atomically: true, encoding: .utf8)
        let line = message { try folder.train("run", "points", resumes: true, values + ["epochs=3"]) }
        #expect(line.contains("its shards is 7, and the run's is 1"), "\(line)")
    }
}
