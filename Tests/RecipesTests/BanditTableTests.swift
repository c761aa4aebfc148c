import Checkpoints
import Foundation
import TestSupport
import Testing
import Training

@Suite("The recipe bandit on a table")
struct BanditTableTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    /// Writes rows of two numbers and a class, each so many times.
    private func write(_ rows: [(Double, Double, String)], times: Int) throws {
        let lines = (0..<times).flatMap { _ in rows.map { "\($0.0),\($0.1),\($0.2)\n" } }
        try trainer.folder.write(("a,b,class\n" + lines.joined()).utf8, to: "arms.csv")
    }

    private func train(_ run: String, ranks: Int = 1, _ values: [String]) throws -> Checkpoint {
        try trainer.train(
            run, of: "bandit", ranks: ranks, ["data.path=\(trainer.folder("arms.csv"))"] + values)
    }

    private func regret(_ run: String) throws -> [Double?] {
        try #require(
            try trainer.metrics(run, "evaluation", ["cumulative_regret", "least_squares_regret", "accuracy"]).last)
    }

    private static let square = [(-1.0, -1.0, "x"), (-1, 1, "y"), (1, -1, "y"), (1, 1, "x")]

    /// In one step nothing is known: all rounds take the first arm. What is learned are then n contexts (a, b, 1), of which so
    /// many are of its class; standardized inputs are ±1, and the square is symmetric.
    @Test("The context is the row, the arm of its class pays 1, and the others 0")
    func oneStep() throws {
        try write(Self.square, times: 5)
        let found = try train("run", ["bandit.rounds=400", "global_batch=400", "data.test_fraction=0.2"])
        let weights = Dictionary(uniqueKeysWithValues: found.model.map { ($0.name, $0.values) })
        let (products, moments) = (try #require(weights["products"]), try #require(weights["moments"]))
        #expect(products.count == 2 * 9 && moments.count == 2 * 3)
        #expect(products[8] == 400 && products[9...].allSatisfy { $0 == 0 } && moments[3...].allSatisfy { $0 == 0 })
        let right = Double(moments[2])
        // draws with the probability ½, within 4 deviations
        #expect(abs(right - 200) < 4 * 10)
        #expect(weights["regret"] == [Float(400 - right)])
    }

    /// No line divides the corners of a square into its diagonals: a linear policy is right in half of them. Where the class is the
    /// sign of a number, it is always right.
    @Test("Beside the regret is that of least squares over all rows", arguments: [true, false])
    func linear(isSeparable: Bool) throws {
        try write(
            isSeparable ? [(-1, -1, "x"), (-1, 1, "x"), (1, -1, "y"), (1, 1, "y")] : Self.square, times: 6)
        _ = try train("run", ["bandit.rounds=300", "global_batch=5", "data.test_fraction=0.25"])
        let found = try regret("run")
        // 18 of the 24 rows are drawn from, and where these are no even square, a line is right in more of them
        let linear = try #require(found[1])
        #expect(isSeparable ? linear == 0 : (90...150).contains(linear))
        let own = try #require(found[0])
        #expect(isSeparable ? own < 20 && found[2] == 1 : own > 60)
    }

    @Test(
        "Simulated rounds take no settings of a table",
        arguments: ["data.test_fraction=0.3", "data.test_path=test.csv", "csv.target=class"])
    func simulated(value: String) throws {
        let error = #expect(throws: (any Error).self) { try trainer.train("run", of: "bandit", [value]) }
        #expect("\(try #require(error))".contains("data.path none does not use it"))
        #expect("\(try #require(error))".contains("or set data.path to the file of a table"))
    }

    @Test(
        "What is no table of arms is said",
        arguments: [
            (["csv.task=regression", "csv.target=a"], "a is a number, expected classes"),
            (["csv.target=none_such"], "none_such"), (["csv.weight=a"], "sample weights"),
            (["bandit.arms=3"], "data.path"), (["bandit.noise=0.5"], "does not use it"),
            (["data.path=none_such.csv"], "none_such.csv"),
        ])
    func errors(values: [String], text: String) throws {
        try write([(1, 2, "x"), (2, 1, "y"), (3, 4, "x")], times: 4)
        let error = #expect(throws: (any Error).self) { _ = try train("run", values) }
        #expect("\(try #require(error))".contains(text), "\(String(describing: error))")
    }
}
