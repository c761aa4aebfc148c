import Foundation
import Recipes
import TestSupport
import Testing
import Training

@Suite("Predictions of an input that cannot be read")
struct UnreadableInputTests {
    @Test(
        "hand out nothing, not even a header",
        arguments: [
            ("fashion-mnist", "data", ["model.hidden=[4]"]), ("csv", "table.csv", ["csv.target=sum"]),
            ("arrays", "vectors", []), ("audio", "sounds", ["audio.pattern={label}_*", "model.width=2"]),
            ("sequence-classification", "words.tsv", ["model.name=gru", "model.width=4"]),
            ("autoencoder", "data", ["model.hidden=[4]", "autoencoder.code=2"]),
            ("translation", "reversals.tsv", ["model.width=8", "schedule.warmup_steps=0"]),
        ])
    func nothing(recipe: String, data: String, values: [String]) throws {
        let trainer = try Trainer()
        try trainer.train("run", of: recipe, ["data.path=\(trainer.folder(data))", "steps=1"] + values)
        let prediction = try Prediction(path: trainer.folder("run"), catalog: .all)
        try trainer.folder.write([0xff, 0xfe, 0], to: "damaged.csv")
        for name in ["missing", "damaged.csv"] {
            var lines: [String] = []
            let error = #expect(throws: (any Error).self) {
                try prediction.run(PredictionRequest(input: trainer.folder(name))) { lines.append($0) }
            }
            #expect("\(try #require(error))".contains(name) && lines.isEmpty, "\(lines)")
        }
    }
}
