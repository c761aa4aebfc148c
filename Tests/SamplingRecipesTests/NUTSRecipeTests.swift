import Communication
import Foundation
import Recipes
import TestSupport
import Testing
import Training

@Suite("The recipe nuts")
struct NUTSRecipeTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func train(_ run: String, resumes: Bool = false, _ values: [String]) throws {
        var request = TrainingRequest(
            target: "nuts", runDirectory: folder(run), resumes: resumes)
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        let asked = request
        _ = try InProcessCommunicator.run(ranks: 2) { communicator in
            _ = try TrainingProgram(asked, catalog: .all, communicator: communicator).run()
        }
    }

    private static let short = ["nuts.chains=3", "nuts.iterations=5", "nuts.warmup=10", "epochs=4"]

    @Test("writes the draws as NumPy reads them, with a summary of each quantity")
    func files() throws {
        try train("run", Self.short + ["log.every=1"])
        let log = try folder.text("run/metrics.jsonl")
        #expect(log.contains("\"step_size\"") && !log.contains("\"learning_rate\""))
        let file = try Data(contentsOf: URL(filePath: folder("run/posterior/draws.npy")))
        // [chains, draws, quantities]: mu, tau, eta and theta of 8 schools
        let header = String(decoding: file.prefix(128).dropFirst(10), as: UTF8.self)
        #expect(header.contains("'descr': '<f4', 'fortran_order': False, 'shape': (3, 10, 18), }"))
        #expect(file.count == 128 + 3 * 10 * 18 * 4)
        let values = file.dropFirst(128).withUnsafeBytes { bytes in
            (0..<540).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        // theta = mu + tau·eta in every draw
        for draw in stride(from: 0, to: 540, by: 18) {
            let theta = values[draw] + values[draw + 1] * values[draw + 2]
            #expect(abs(theta - values[draw + 10]) < 1e-4 * (1 + abs(theta)))
        }
        let summary = try folder.text("run/posterior/summary.csv").split(separator: "\n")
        #expect(summary.count == 19 && summary[1].hasPrefix("\"mu\",") && summary[18].hasPrefix("\"theta[8]\","))
        let mean = stride(from: 0, to: 540, by: 18).reduce(0.0) { $0 + Double(values[$1]) } / 30
        let found = try #require(Double(summary[1].split(separator: ",")[1]))
        #expect(abs(found - mean) < 1e-5)
    }

    @Test("exchanges states and draws, and follows no optimizer")
    func exchange() throws {
        func request(_ values: [String]) throws -> TrainingRequest {
            var request = TrainingRequest(target: "nuts", runDirectory: "")
            request.overrides = try (Self.short + values).map { try SettingOverride(assignment: $0) }
            return request
        }
        let asked = try request(["shards=2"])
        let found = try InProcessCommunicator.run(ranks: 2) { communicator in
            try TrainingProgram(asked, catalog: .all, communicator: communicator).explain()
        }
        let rows = Dictionary(found[0].rows.map { ($0.name, $0.text) }) { first, _ in first }
        #expect(rows["exchange"]?.hasPrefix("the states and draws of 3 chains, ") == true)
        #expect(rows["gradients"] == nil && rows["learning rate"] == nil)
        for (value, text) in [
            ("optimizer.learning_rate=0.5", "the recipe nuts does not use it"),
            ("csv.target=y", "model.name eight-schools does not use it"),
        ] {
            let refused = try request([value])
            let error = #expect(throws: (any Error).self) {
                try InProcessCommunicator.run(ranks: 1) { communicator in
                    _ = try TrainingProgram(refused, catalog: .all, communicator: communicator).explain()
                }
            }
            #expect("\(try #require(error))".contains(text))
        }
    }

    @Test("goes on from a shorter run to the draws of a longer one")
    func longer() throws {
        try train("long", Self.short)
        try train("short", Self.short.dropLast() + ["epochs=3"])
        try train("short", resumes: true, ["epochs=4"])
        let draws = try ["long", "short"].map {
            try Data(contentsOf: URL(filePath: folder("\($0)/posterior/draws.npy")))
        }
        #expect(draws[0] == draws[1] && draws[0].count == 128 + 3 * 10 * 18 * 4)
    }

    @Test(
        "says what is wrong",
        arguments: [
            (["nuts.warmup=30"], "the run has 20 iterations"), (["global_batch=2"], "global_batch is 2"),
            (["model.name=logistic-regression"], "needs a table"), (["model.name=x"], "knows only"),
        ])
    func errors(values: [String], expected: String) throws {
        let error = #expect(throws: (any Error).self) { try train("bad", Self.short + values) }
        #expect("\(try #require(error))".contains(expected))
    }

    @Test("refuses targets that a regression does not have")
    func targets() throws {
        try folder.write("a,b,c\n1,2,x\n2,3,y\n3,5,z\n4,1,x\n5,5,y\n".utf8, to: "classes.csv")
        try folder.write("a,b\n1,0.5\n2,1.5\n3,2.5\n4,1\n5,7\n".utf8, to: "numbers.csv")
        for (model, file, expected) in [
            ("linear-regression", "classes.csv", "c has 3 classes"),
            ("logistic-regression", "classes.csv", "c has 3 classes"),
            ("logistic-regression", "numbers.csv", "b is a number"),
            ("poisson-regression", "numbers.csv", "counts"),
        ] {
            let error = #expect(throws: (any Error).self) {
                try train("bad", Self.short + ["model.name=\(model)", "data.path=\(folder(file))"])
            }
            #expect("\(try #require(error))".contains(expected))
        }
    }
}
