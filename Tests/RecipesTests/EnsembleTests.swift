import Communication
import Foundation
import Recipes
import TestSupport
import Testing
import Training

@Suite("Deep ensembles")
struct EnsembleTests {
    private let trainer: Trainer

    init() throws { trainer = try Trainer() }

    /// Three members that differ by their seeds.
    private func train(_ recipe: String, _ values: [String]) throws -> [String] {
        try (1...3).map { seed in
            try trainer.train("\(recipe)-\(seed)", of: recipe, values + ["seed=\(seed)", "checkpoint.every=0"])
            return trainer.folder("\(recipe)-\(seed)")
        }
    }

    private func evaluate(_ paths: [String], ranks: Int = 1, limit: Int = 0) throws -> EnsembleOutcome {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            try EnsembleEvaluation(paths: paths, overrides: [], catalog: .all, limit: limit).run(over: communicator)
        }[0]
    }

    private func rows(_ request: PredictionRequest, _ path: String) throws -> [[String]] {
        var rows: [[String]] = []
        try Prediction(path: path, catalog: .all).run(request) {
            rows.append($0.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        }
        return Array(rows.dropFirst())
    }

    private func ensembleRows(_ request: PredictionRequest, _ paths: [String]) throws -> [[String]] {
        var rows: [[String]] = []
        try EnsemblePrediction(paths: paths, catalog: .all).run(request) {
            rows.append($0.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        }
        return rows
    }

    @Test(
        "The mean of the members' probabilities has the scores that are computed from their predictions, on 1 to 4 ranks"
    )
    func classification() throws {
        let paths = try train("fashion-mnist", trainer.images(["steps=15"]))
        let outcome = try evaluate(paths)
        for ranks in 2...4 { #expect(try evaluate(paths, ranks: ranks).json() == outcome.json(), "\(ranks) ranks") }

        // by hand, from what `predict` writes
        var request = PredictionRequest()
        request.testSamples = Array(0..<ExampleImages.testCount)
        let labels = try Data(contentsOf: URL(fileURLWithPath: trainer.folder("data/\(ExampleImages.testLabels)")))
            .dropFirst(8).map { Int($0) }
        let members = try paths.map { try rows(request, $0).map { $0.dropFirst(3).compactMap(Double.init) } }
        let mean = labels.indices.map { row in
            (0..<10).map { label in members.reduce(0) { $0 + $1[row][label] } / 3 }
        }
        func scores(_ rows: [[Double]]) -> (accuracy: Double, loss: Double) {
            let right = zip(rows, labels).count { row, label in row.firstIndex(of: row.max() ?? 0) == label }
            let loss = zip(rows, labels).reduce(0) { $0 - log($1.0[$1.1]) }
            return (Double(right) / Double(labels.count), loss / Double(labels.count))
        }
        for (found, rows) in zip(outcome.members.map(\.scores) + [outcome.ensemble], members + [mean]) {
            let expected = scores(rows)
            #expect(found.accuracy == expected.accuracy && abs(found.loss - expected.loss) < 1e-5)
            #expect(found.samples == ExampleImages.testCount)
        }
        // the loss is convex in the probabilities (Jensen's inequality)
        let meanLoss = outcome.members.reduce(0) { $0 + $1.scores.loss } / 3
        #expect(outcome.ensemble.loss < meanLoss && outcome.mutualInformation > 0)
        // a member's scores are those that it is evaluated with alone
        let alone = try InProcessCommunicator.run(ranks: 1) { communicator in
            try CheckpointEvaluation(path: paths[1], overrides: [], catalog: .all).run(over: communicator).result
        }[0]
        let member = outcome.members[1].scores
        #expect(member.accuracy == alone.accuracy && abs(member.loss - alone.loss) < 1e-5)
        // expected calibration error in 15 bins
        var bins = [(count: Double, confidence: Double, right: Double)](repeating: (0, 0, 0), count: 15)
        for (row, label) in zip(mean, labels) {
            let confidence = row.max() ?? 0
            let bin = min(14, Int((confidence * 15).rounded(.up)) - 1)
            bins[bin].count += 1
            bins[bin].confidence += confidence
            bins[bin].right += row.firstIndex(of: confidence) == label ? 1 : 0
        }
        let error = bins.reduce(0) { $0 + abs($1.confidence - $1.right) } / Double(labels.count)
        #expect(abs(outcome.ensemble.expectedCalibrationError - error) < 1e-5)

        // the same mean from `predict`
        request.testSamples = [7, 3, 1000]
        let predicted = try ensembleRows(request, paths)
        #expect(predicted[0].prefix(3) == ["image", "class", "probability"])
        #expect(predicted[0].last == "mutual_information")
        for (row, number) in zip(predicted.dropFirst(), request.testSamples) {
            #expect(row[0] == "\(number)" && row.count == 14)
            for (text, value) in zip(row[3..<13], mean[number]) { #expect(abs((Double(text) ?? -1) - value) < 1e-6) }
            #expect(Double(row[2]) == row[3..<13].compactMap(Double.init).max())
        }
        // fewer samples, and the same ones on any number of ranks
        let few = try evaluate(paths, limit: 100)
        #expect(few.ensemble.samples == 100 && few.available == ExampleImages.testCount)
        #expect(try evaluate(paths, ranks: 3, limit: 100).json() == few.json())
    }

    @Test("Of numbers the mean and the variance between the members are predicted")
    func regression() throws {
        let path = trainer.folder("table.csv")
        let paths = try train(
            "csv", ["data.path=\(path)", "csv.target=sum", "model.hidden=[8]", "global_batch=20", "epochs=2"])
        let request = PredictionRequest(input: path)
        let members = try paths.map { try rows(request, $0).map { Double($0.last ?? "") ?? .nan } }
        let predicted = try ensembleRows(request, paths)
        #expect(predicted[0] == ["row", "predicted_sum_mean", "predicted_sum_variance"])
        #expect(predicted.count == 121)
        for (index, row) in predicted.dropFirst().enumerated() {
            let values = members.map { $0[index] }
            let mean = values.reduce(0, +) / 3
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3
            // predict rounds numbers
            #expect(abs((Double(row[1]) ?? .nan) - mean) < 0.01 * (1 + abs(mean)))
            #expect(abs((Double(row[2]) ?? .nan) - variance) < 0.02 * (1 + variance))
            #expect(row[0] == "\(index + 1)")
        }
        let text = message { _ = try evaluate(paths) }
        #expect(text.contains(paths[0]) && text.contains("csv") && text.contains("no class probabilities"), "\(text)")
    }

    @Test("Runs of other classes, other test data or other predictions are refused by name", arguments: [1, 2])
    func refused(ranks: Int) throws {
        let path = trainer.folder("table.csv")
        let small = ["data.path=\(path)", "model.hidden=[4]", "global_batch=20", "steps=2", "checkpoint.every=0"]
        let others = try trainer.folder.text("table.csv").replacing("right", with: "up")
        try trainer.folder.write(others.utf8, to: "others.csv")
        for (run, values) in [
            ("side", ["csv.target=side", "csv.ignore=sum"]),
            ("other", ["csv.target=side", "csv.ignore=sum", "data.path=\(trainer.folder("others.csv"))"]),
            ("seed", ["csv.target=side", "csv.ignore=sum", "seed=2"]), ("sum", ["csv.target=sum"]),
        ] { try trainer.train(run, of: "csv", small + values) }
        func expectRefused(_ runs: [String], _ parts: [String]) {
            let text = message { _ = try evaluate(runs.map { trainer.folder($0) }, ranks: ranks) }
            for part in parts { #expect(text.contains(part), "\(text)") }
        }
        expectRefused(["side"], ["at least 2 runs", "side"])
        expectRefused(["side", "other"], ["/side", "/other", "classes differ"])
        // the seed draws other test rows
        expectRefused(["side", "seed"], ["/side", "/seed", "test data differ", "--test-data"])
        expectRefused(["side", "sum"], ["/sum"])
        let text = message {
            _ = try EnsemblePrediction(paths: [trainer.folder("side"), trainer.folder("sum")], catalog: .all)
        }
        #expect(text.contains("/side") && text.contains("/sum") && text.contains("predictions differ"), "\(text)")
        let stream = message {
            let paths = [trainer.folder("side"), trainer.folder("seed")]
            try EnsemblePrediction(paths: paths, catalog: .all).run(PredictionRequest()) { _ in }
        }
        #expect(stream.contains("once for each member"), "\(stream)")
    }
}
