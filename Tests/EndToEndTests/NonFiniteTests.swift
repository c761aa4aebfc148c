import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What is not finite, and what is traced, on several processes")
    struct NonFiniteTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        @Test("A step that is not finite stops all ranks, and is computed again by one process, bit for bit")
        func replay() throws {
            let options = ["--epochs", "1", "--set", "optimizer.learning_rate=1e30"]
            let outcome = try place.attempt(.ranks(2), place.training("run", options))
            expectRefusal(outcome, mentioning: ["of step 2 ", "first in shard 0, on rank 0 (", "lockstep replay "])
            let file = place.folder("run/replay-step-2.json")
            let replayed = try place.run(.alone, ["replay", file])
            #expect(replayed.output.hasSuffix("All bits are as recorded.\n"), "\(replayed)")
            #expect(replayed.output.contains("of the forward pass, LinearTransform with "), "\(replayed)")
            // the data may have moved; other data are none of the run's
            try FileManager.default.moveItem(atPath: place.folder("data"), toPath: place.folder("moved"))
            try place.run(.ranks(2), ["replay", file, "--data", place.folder("moved")])
            try ExampleImages.write(to: place.folder("fewer"), training: 100)
            expectRefusal(
                try place.attempt(.alone, ["replay", file, "--data", place.folder("fewer")]),
                mentioning: ["data with the checksum"])
            expectRefusal(
                try place.attempt(.alone, ["replay", place.folder("none.json")]),
                mentioning: ["none.json: found nothing of that name", "replay-step-N.json"])
        }

        @Test("The trace has all processes, and the run its bits")
        func trace() throws {
            let plain = try place.train(.ranks(2), "plain", ["--steps", "22"]).saved
            #expect(try place.train(.ranks(2), "traced", ["--steps", "22", "--trace"]).saved == plain)
            let data = try Data(contentsOf: URL(filePath: place.folder("traced/trace.json")))
            let trace = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            let events = try #require(trace["traceEvents"] as? [[String: Any]])
            for rank in 0..<2 {
                let steps = events.filter { $0["pid"] as? Int == rank && $0["cat"] as? String == "step" }
                #expect(steps.compactMap { $0["name"] as? String } == (11...20).map { "step \($0)" })
            }
        }
    }
}
