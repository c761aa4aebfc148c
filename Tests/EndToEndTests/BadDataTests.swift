import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Data that cannot be used")
    struct BadDataTests {
        @Test(
            "are refused in one line, before anything is written (what is refused: RecipesTests, BadDataTests)",
            arguments: [Launch.alone, .ranks(2)])
        func noFolder(launch: Launch) throws {
            let place = try Workplace()
            try FileManager.default.removeItem(atPath: place.folder("data"))
            let outcome = try place.attempt(launch, place.training("run", ["--steps", "5"]), within: 20)
            expectRefusal(outcome, mentioning: [place.folder("data/" + ExampleImages.trainingImages), "--data"])
            #expect(!FileManager.default.fileExists(atPath: place.folder("run")), "a run directory was made")
        }
    }
}
