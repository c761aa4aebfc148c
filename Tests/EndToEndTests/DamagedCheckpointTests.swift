import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A damaged checkpoint")
    struct DamagedCheckpointTests {
        let place: Workplace
        let run: RunFiles
        /// The end of the run, undamaged.
        let expected: Saved

        init() throws {
            place = try Workplace()
            run = try place.train(.alone, "run", Self.options)
            expected = try run.saved
        }

        private static let options = ["--steps", "40", "--set", "checkpoint.every=15", "--set", "checkpoint.keep=9"]

        enum Damage: CaseIterable {
            case flippedBit, cutOff, missingFile, noChecksums, otherState
        }

        private func damage(_ checkpoint: String, _ damage: Damage) throws {
            let file = URL(filePath: checkpoint + "/model.safetensors")
            var bytes = try Data(contentsOf: file)
            switch damage {
            case .flippedBit:
                bytes[bytes.count - 1000] ^= 1
                try bytes.write(to: file)
            case .cutOff: try bytes.prefix(bytes.count / 2).write(to: file)
            case .missingFile: try FileManager.default.removeItem(atPath: checkpoint + "/optimizer.safetensors")
            case .otherState:
                let state = checkpoint + "/state.json"
                try String(contentsOfFile: state, encoding: .utf8).replacing("1264", with: "1232")
                    .write(toFile: state, atomically: true, encoding: .utf8)
            case .noChecksums: try FileManager.default.removeItem(atPath: checkpoint + "/checksums")
            }
        }

        @Test(
            "that is the newest is skipped with one warning that names it, and the run ends with the same bytes",
            arguments: [Damage.flippedBit, .missingFile], [Launch.ranks(3)])
        func skipped(damage: Damage, launch: Launch) throws {
            let newest = try run.newestCheckpoint
            try self.damage(newest, damage)
            let outcome = try place.run(launch, place.training("run", Self.options + ["--resume"]))
            #expect(outcome.warnings.count == 1, "\(outcome)")
            for part in [newest, "step 30"] {
                #expect(outcome.warnings.first?.contains(part) == true, "\(outcome)")
            }
            #expect(outcome.output.components(separatedBy: "resumed after step 30").count == 2, "\(outcome)")
            #expect(try run.saved == expected)
        }

        @Test("beside others that are damaged too is refused, with each named", arguments: [Launch.ranks(2)])
        func noneLeft(launch: Launch) throws {
            #expect(try run.steps == [15, 30, 40])
            for step in [15, 30, 40] { try damage("\(run.path)/checkpoints/step-000000\(step)", .flippedBit) }
            let outcome = try place.attempt(launch, place.training("run", Self.options + ["--resume"]))
            expectRefusal(
                outcome,
                mentioning: ["\(run.path)/checkpoints", "step-00000015", "step-00000030", "step-00000040"])
        }

        @Test("is not evaluated or inspected", arguments: ["evaluate", "inspect"], [Launch.ranks(2)])
        func named(command: String, launch: Launch) throws {
            let newest = try run.newestCheckpoint
            try damage(newest, .flippedBit)
            expectRefusal(try place.attempt(launch, [command, newest]), mentioning: [newest, "CRC-32"])
        }

        @Test(
            "that is a run's newest is skipped by evaluate and inspect, with a warning",
            arguments: ["evaluate", "inspect"])
        func newestOfRun(command: String) throws {
            let newest = try run.newestCheckpoint
            try damage(newest, .flippedBit)
            let outcome = try place.run(.ranks(2), [command, run.path])
            #expect(outcome.warnings.count == 1 && outcome.warnings.first?.contains(newest) == true, "\(outcome)")
            #expect(outcome.output.contains("30"), "\(outcome)")
        }
    }
}
