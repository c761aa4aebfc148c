import Foundation
import Testing
import RunRecords
import TestSupport

@Suite("The directory of a run")
struct RunDirectoryTests {
    private func touch(_ path: String) throws { try Data().write(to: URL(fileURLWithPath: path)) }

    @Test("It is made with those above it, and holds the settings")
    func create() throws {
        try withTemporaryDirectory { parent in
            let directory = try RunDirectory.create(at: parent + "/a/b/c//")
            #expect(directory.path == parent + "/a/b/c")
            try directory.write(settings: "seed: 3\n")
            #expect(try contents(of: directory.path + "/settings.yaml") == "seed: 3\n")
            // settings alone are no run
            #expect(try RunDirectory.create(at: directory.path) == directory)
        }
    }

    @Test("One that holds a run is refused", arguments: ["manifest.json", "metrics.jsonl", "checkpoints"])
    func holdsRun(found: String) throws {
        try withTemporaryDirectory { path in
            #expect(
                message { _ = try RunDirectory.existing(at: path) }
                    == "\(path) holds no run to resume; start one without --resume")
            try touch(path + "/" + found)
            #expect(
                message { _ = try RunDirectory.create(at: path) }
                    == "\(path) already holds a run (\(found)); "
                    + "continue it with --resume or choose another --run-dir")
            #expect(try RunDirectory.existing(at: path).path == path)
        }
    }

    @Test("What is no directory, or cannot be made, is named with the reason")
    func errors() throws {
        try withTemporaryDirectory { parent in
            let file = parent + "/file"
            try touch(file)
            let problem = "\(file) is not a directory; choose another --run-dir"
            #expect(message { _ = try RunDirectory.create(at: file) } == problem)
            #expect(message { _ = try RunDirectory.create(at: file + "/run") } == problem)
            #expect(message { _ = try RunDirectory.existing(at: file) } == problem)
            #expect(message { _ = try RunDirectory.createNew(recipe: "a", in: file) } == problem)
            #expect(
                message { _ = try RunDirectory.existing(at: parent + "/none") }
                    == "\(parent)/none holds no run to resume; start one without --resume")
            let long = parent + "/" + String(repeating: "x", count: 300)
            #expect(
                message { _ = try RunDirectory.create(at: long) }
                    == "cannot create \(long): File name too long; permit writing there, or choose another --run-dir")
            #expect(
                message { _ = try RunDirectory.create(at: "") }
                    == "--run-dir is empty; name a directory, or leave it out for a new one below runs")
        }
    }

    @Test("One without permission is named with the reason", .enabled(if: geteuid() != 0))
    func permission() throws {
        try withTemporaryDirectory { path in
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: path)
            #expect(
                message { _ = try RunDirectory.create(at: path) }
                    == "cannot write into \(path): Permission denied; permit writing there, or choose another --run-dir"
            )
            #expect(
                message { _ = try RunDirectory.create(at: path + "/a") }
                    == "cannot create \(path)/a: Permission denied")
        }
    }

    @Test("A file that cannot be replaced is named, and nothing is left beside it")
    func cannotReplace() throws {
        try withTemporaryDirectory { path in
            let directory = try RunDirectory.create(at: path)
            _ = try RunDirectory.create(at: directory.settingsPath)
            #expect(
                message { try directory.write(settings: "") } == "cannot replace \(path)/settings.yaml: Is a directory")
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["settings.yaml"])
        }
    }

    @Test("Its own name is the recipe, a number above all others, and the time in UTC")
    func ownName() throws {
        try withTemporaryDirectory { parent in
            // 1769850307 s after 1970 began, `date -u -d @1769850307`
            let date = Date(timeIntervalSince1970: 1_769_850_307)
            let runs = parent + "/runs"
            let names = try (1...3).map { _ in try RunDirectory.createNew(recipe: "mnist", in: runs, at: date).path }
            #expect(names == (1...3).map { runs + "/mnist-000\($0)-20260131-090507Z" })
            #expect(
                try RunDirectory.createNew(recipe: "a/b c", in: runs, at: date - 86_400).path
                    == runs + "/a_b_c-0004-20260130-090507Z")
        }
    }

    private static let summary = MetricsRecord.summary(exampleSummary()).line + "\n"

    @Test("The run to resume is the only unfinished one, or else that with the highest number, whatever the times say")
    func toResume() throws {
        try withTemporaryDirectory { parent in
            func add(_ name: String, _ metrics: String = Self.summary) throws {
                let directory = try RunDirectory.create(at: parent + "/" + name)
                try Data(metrics.utf8).write(to: URL(fileURLWithPath: directory.metricsPath))
            }
            func found(_ recipe: String? = "mnist") -> String {
                var path = ""
                let text = message { path = try RunDirectory.toResume(in: parent, recipe: recipe).path }
                return path.isEmpty ? text : String(path.dropFirst(parent.count + 1))
            }
            #expect(found() == "there is no run of mnist in \(parent) to resume; name one with --run-dir")
            try add("mnist-0009-20260131-090507Z")
            try add("mnist-0010-20250131-090507Z")
            try add("mnist-20270131-090507")
            try add("mnist-conv-0011-20260201-000000Z")
            _ = try RunDirectory.create(at: parent + "/mnist-0099-20260131-090507Z")
            try add("other")
            #expect(found() == "mnist-0010-20250131-090507Z")
            #expect(found(nil) == "mnist-conv-0011-20260201-000000Z")
            #expect(found("cifar") == "there is no run of cifar in \(parent) to resume; name one with --run-dir")
            // an older one was interrupted
            try add("mnist-0003-20260131-090507Z", Self.summary + MetricsRecord.step(exampleStep()).line + "\n")
            #expect(found() == "mnist-0003-20260131-090507Z")
            try add("mnist-0004-20260131-090507Z", String(Self.summary.dropLast(5)))
            #expect(
                found()
                    == "2 runs of mnist in \(parent) could be meant: mnist-0003-20260131-090507Z, "
                    + "mnist-0004-20260131-090507Z; name one with --run-dir")
            // one that is still going cannot be meant
            let file = open(parent + "/mnist-0004-20260131-090507Z/.lock", O_RDWR | O_CREAT, 0o600)
            flock(file, LOCK_EX)
            #expect(found() == "mnist-0003-20260131-090507Z")
            close(file)
            for number in 20..<40 { try add("mnist-00\(number)-20260131-090507Z", "") }
            let text = found()
            #expect(
                text.hasPrefix("22 runs of mnist") && text.hasSuffix(" and 12 more; name one with --run-dir"), "\(text)"
            )
        }
    }

    @Test("The manifest tells of every start")
    func manifest() throws {
        try withTemporaryDirectory { path in
            let directory = try RunDirectory.create(at: path)
            func start(_ step: Int, ranks: Int) -> Manifest.Start {
                Manifest.Start(
                    at: Date(timeIntervalSince1970: Double(1_769_850_000 + step)), step: step, version: "1.0",
                    revision: step == 0 ? nil : "abc", commandLine: ["lockstep", "train", "a \"b\""],
                    hosts: ["n1", "n2"],
                    ranks: ranks, threads: 1, libraries: ["mpi": "4.1"])
            }
            try directory.record(start(0, ranks: 4), recipe: "digits", seed: .max, shards: 6)
            try directory.record(start(50, ranks: 2), recipe: "digits", seed: .max, shards: 6)
            let manifest = try Manifest(path: directory.manifestPath)
            #expect(
                manifest
                    == Manifest(
                        recipe: "digits", seed: .max, shards: 6, starts: [start(0, ranks: 4), start(50, ranks: 2)]))
            // 1769850000 s after 1970 began
            #expect(manifest.starts[0].started == "2026-01-31T09:00:00Z")
            let data = try Data(contentsOf: URL(fileURLWithPath: directory.manifestPath))
            let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(Set(object.keys) == ["recipe", "seed", "shards", "starts"])
            let starts = try #require(object["starts"] as? [[String: Any]])
            #expect(
                Set(starts[1].keys) == [
                    "started", "step", "version", "revision", "command_line", "hosts", "ranks", "threads", "libraries",
                ])
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["manifest.json"])
        }
    }

    @Test("A damaged manifest is named")
    func damagedManifest() throws {
        try withTemporaryDirectory { path in
            try Data("{}".utf8).write(to: URL(fileURLWithPath: path + "/manifest.json"))
            #expect(
                message { _ = try Manifest(path: path + "/manifest.json") }
                    == "\(path)/manifest.json is damaged: found no \"recipe\", expected the manifest of a run")
        }
    }
}
