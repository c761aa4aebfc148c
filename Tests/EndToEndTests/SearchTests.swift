import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A search")
    struct SearchTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        private func arguments(_ directory: String, _ more: [String] = []) -> [String] {
            [
                "search", "fashion-mnist", "--data", place.folder("data"), "--set", "model.hidden=[16]",
                "--global-batch",
                "32", "--shards", "2", "--steps", "60", "--set", "checkpoint.every=4", "--search-dir",
                place.folder(directory), "--grid", "optimizer.learning_rate=0.1,1e30,0.01", "--random",
                "optimizer.weight_decay=log:1e-5:1e-2", "--trials", "2",
            ] + more
        }

        private func table(_ directory: String) throws -> String {
            try String(contentsOfFile: place.folder(directory) + "/results.csv", encoding: .utf8)
        }

        @Test(
            "finds the same with and without a launcher, in groups of one and of two ranks, and after all were killed")
        func sameResults() throws {
            let alone = try place.run(.alone, arguments("alone"))
            let expected = try table("alone")
            #expect(expected.split(separator: "\n").count == 7 && expected.contains("4,diverged,1e+30,"))
            #expect(alone.output.contains("\nBest: \(place.folder("alone"))/trial-000"))
            try place.run(.ranks(4), arguments("groups", ["--ranks-per-trial", "2"]))
            #expect(try table("groups") == expected)

            let job = try place.start(.ranks(2), arguments("killed"))
            // the other group's first trial may be anywhere
            let checkpoint = place.folder("killed") + "/trial-0001/checkpoints/step-00000008"
            #expect(waits(30) { FileManager.default.fileExists(atPath: checkpoint) })
            job.killEverything()
            #expect(!FileManager.default.fileExists(atPath: place.folder("killed") + "/results.csv"))
            let resumed = try place.run(.ranks(3), arguments("killed", ["--resume"]))
            #expect(resumed.warnings.allSatisfy { $0.contains("has no checkpoint yet") }, "\(resumed)")
            #expect(try table("killed") == expected)
        }

        @Test("that makes no sense is refused in one line, and makes nothing", arguments: [Launch.alone, .ranks(2)])
        func refused(launch: Launch) throws {
            for (options, parts) in [
                (["--grid", "optimizer.rate=1"], ["optimizer.rate", "lockstep settings"]),
                (["--ranks-per-trial", "3"], ["groups of 3"]),
                (["--resume"], ["holds no search"]),
            ] {
                expectRefusal(try place.attempt(launch, arguments("refused", options)), mentioning: parts)
                #expect(!FileManager.default.fileExists(atPath: place.folder("refused")))
            }
        }
    }
}
