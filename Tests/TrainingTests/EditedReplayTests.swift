import Diagnosis
import Foundation
import Testing
import Training
import RunRecords
import TestSupport
import TrainingTestSupport

@Suite("A replay record that was edited")
struct EditedReplayTests {
    static let edits: [(String, String, String)] = [
        (#""samples" : \[\s+\d+"#, #""samples" : [ -1"#, "sample -1"),
        (#""shard" : \d+"#, #""shard" : -1"#, "shard -1"),
        (#""rank" : \d+"#, #""rank" : 5"#, "rank 5 of 1"),
        (#""ranks" : \d+"#, #""ranks" : 0"#, "0 ranks"),
        (#""epoch" : \d+"#, #""epoch" : -1"#, "epoch -1"),
        (
            #""samplesConsumed" : \d+"#, #""samplesConsumed" : 9223372036854775807"#,
            "samplesConsumed 9223372036854775807"
        ),
        (#""weights" : "replay"#, #""weights" : "../run/replay"#, #"weights in "../run/replay-step-"#),
        (#""lossBits" : "[0-9a-f]+""#, #""lossBits" : "xyz""#, #"the loss "xyz""#),
        (#""formatVersion" : 1,\s+"ranks""#, #""formatVersion" : 2, "ranks""#, "format 2"),
    ]

    @Test("is refused with what was found", arguments: edits.indices)
    func refused(number: Int) throws {
        let (pattern, replacement, found) = Self.edits[number]
        let recipes: [any Recipe] = [FaultyRecipe(.data(sample: 13))]
        let folder = try TrainingFolder(recipes)
        #expect(throws: (any Error).self) { try folder.train("run", "faulty", ["epochs=1", "log.every=1"]) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder("run"))
        let name = try #require(names.first { $0.hasPrefix("replay-step-") && $0.hasSuffix(".json") })
        let path = folder("run") + "/" + name
        let text = try String(contentsOfFile: path, encoding: .utf8)
        _ = try Replay(path: path, catalog: RecipeCatalog(recipes))
        let edited = text.replacing(try Regex(pattern), with: replacement)
        #expect(edited != text)
        try edited.write(toFile: path, atomically: true, encoding: .utf8)
        let line = message { _ = try Replay(path: path, catalog: RecipeCatalog(recipes)) }
        #expect(line.contains(found), "\(line)")
    }
}
