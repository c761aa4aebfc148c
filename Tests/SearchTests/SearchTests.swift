import Communication
import Foundation
import Testing
import RunRecords
import Search
import Training
import TrainingTestSupport

@Suite("Hyperparameter search")
struct SearchTests {
    private let recipe = PointsRecipe(
        name: "points", settings: [("global_batch", "10"), ("epochs", "2"), ("model.name", "normalized")])
    private let folder: TrainingFolder

    init() throws { folder = try TrainingFolder([recipe]) }

    private func request(_ directory: String, _ change: (inout SearchRequest) throws -> Void) rethrows -> SearchRequest
    {
        var request = SearchRequest(target: "points")
        (request.directory, request.report) = (folder(directory), { _ in })
        try change(&request)
        return request
    }

    private func search(_ request: SearchRequest, ranks: Int = 1) throws -> [HyperparameterSearch.Outcome] {
        let catalog = RecipeCatalog([recipe])
        return try InProcessCommunicator.run(ranks: ranks) { communicator in
            try HyperparameterSearch(request, catalog: catalog, communicator: communicator).run()
        }
    }

    /// Six trials, of which those with the highest rate diverge.
    private func mixed(_ directory: String, perTrial: Int = 1, resumes: Bool = false) throws -> SearchRequest {
        try request(directory) {
            $0.grids = ["optimizer.learning_rate=0.001,0.1,1e30"]
            $0.randoms = ["optimizer.weight_decay=log:1e-5:1e-2"]
            ($0.draws, $0.ranksPerTrial, $0.resumes) = (2, perTrial, resumes)
            $0.overrides = try ["shards=2", "checkpoint.every=2", "checkpoint.keep=9"].map {
                try SettingOverride(assignment: $0)
            }
        }
    }

    @Test("Any number of ranks, in groups of any size, finds the same results")
    func sameResults() throws {
        let alone = try search(mixed("alone"))[0]
        let table = try folder.text("alone", "results.csv")
        #expect(alone.results.map(\.status) == [.complete, .complete, .complete, .complete, .diverged, .diverged])
        #expect(alone.results[0].values["optimizer.learning_rate"] == "0.1")
        for (ranks, perTrial) in [(2, 1), (2, 2), (3, 1), (4, 2)] {
            let name = "ranks-\(ranks)-\(perTrial)"
            for outcome in try search(mixed(name, perTrial: perTrial), ranks: ranks) {
                #expect(outcome.results == alone.results, "\(name)")
            }
            #expect(try folder.text(name, "results.csv") == table)
            #expect(try folder.text(name, "results.json") == (try folder.text("alone", "results.json")))
        }
        // a trial is the training with its settings
        for result in alone.results where result.status == .complete {
            let values = result.values.map { "\($0.key)=\($0.value)" }
            try folder.train("single-\(result.number)", "points", ranks: 2, values + ["shards=2"])
            let loss = try #require(result.final?["loss"])
            #expect(try folder.text("single-\(result.number)", "metrics.jsonl").contains("\"test_loss\":\(loss),"))
            #expect(result.steps == 8)
        }
        let reason = try #require(alone.results.last?.reason)
        #expect(reason.contains("loss of step"))
    }

    @Test("A search goes on where it was interrupted, on another number of ranks", arguments: [(1, 1), (3, 1), (2, 2)])
    func resumed(ranks: Int, perTrial: Int) throws {
        try _ = search(mixed("search"))
        let table = try folder.text("search", "results.csv")
        let metrics = try folder.text("search/trial-0001", "metrics.jsonl")
        // as when the process was killed during the second trial, before the third had begun
        let files = FileManager.default
        try files.removeItem(atPath: folder("search/results.csv"))
        try files.removeItem(atPath: folder("search/trial-0002/trial.json"))
        try files.removeItem(atPath: folder("search/trial-0002/checkpoints/step-00000008"))
        try files.removeItem(atPath: folder("search/trial-0003"))
        try _ = search(mixed("search", perTrial: perTrial, resumes: true), ranks: ranks)
        #expect(try folder.text("search", "results.csv") == table)
        #expect(try folder.text("search/trial-0001", "metrics.jsonl") == metrics)
        let starts = try folder.text("search/trial-0002", "manifest.json")
        #expect(starts.contains("\"step\" : 0") && starts.contains("\"step\" : 6"), "\(starts)")
    }

    @Test("A trial that fails does not keep the others waiting, and is tried again", arguments: [1, 2, 3])
    func failure(ranks: Int) throws {
        let asked = request("search") { $0.grids = ["freeze=[nowhere.*, head.bias],[head.*],[]"] }
        let outcome = try search(asked, ranks: ranks)[0]
        #expect(outcome.results.map(\.status) == [.complete, .complete, .failed])
        #expect(outcome.results.last?.reason?.contains("freeze has nowhere.*") == true)
        #expect(
            try folder.text("search", "results.csv").contains("\n1,failed,\"[nowhere.*, head.bias]\",,,,,,,trial-0001,")
        )
        let lines = Lines()
        var again = asked
        (again.resumes, again.report) = (true, lines.add)
        #expect(try search(again, ranks: ranks)[0].results == outcome.results)
        #expect(lines.all.count { $0.hasPrefix("trial 1 ") } == 1)
        #expect(!lines.all.contains { $0.hasPrefix("trial 2 ") })
        #expect(
            lines.all.last?.hasSuffix("\nBest: \(folder("search"))/trial-000\(outcome.results[0].number)\n") == true)
    }

    @Test("The objective decides; the best evaluation may be an earlier one")
    func objectives() throws {
        let metrics = [
            MetricName("loss"), MetricName("loss", direction: .maximize), MetricName("accuracy"),
        ]
        for (number, metric) in metrics.enumerated() {
            for evaluation in SearchObjective.Evaluation.allCases {
                let outcome = try search(
                    request("\(number)-\(evaluation)") {
                        $0.grids = ["optimizer.learning_rate=0.01,0.3,20"]
                        $0.objective = SearchObjective(metric, evaluation: evaluation)
                        $0.overrides = [SettingOverride(key: "epochs", value: "4", source: "test")]
                    })[0]
                let found = outcome.results.compactMap {
                    evaluation == .final ? $0.final?[metric.name] : $0.best(metric)
                }
                let sorted = found.sorted()
                #expect(found == (metric.direction == .minimize ? sorted : sorted.reversed()) && found.count == 3)
                for result in outcome.results {
                    let (final, minimum, maximum) = try (
                        #require(result.final), #require(result.minimum), #require(result.maximum)
                    )
                    for name in ["loss", "accuracy"] {
                        #expect(try #require(minimum[name]) <= #require(final[name]))
                        #expect(try #require(maximum[name]) >= #require(final[name]))
                    }
                }
                #expect(outcome.results.contains { $0.minimum?["loss"] != $0.final?["loss"] })
            }
        }
    }

    @Test("Random values lie between their bounds, evenly on their scale, and depend on seed, setting and draw alone")
    func draws() throws {
        func values(_ randoms: [String], seed: UInt64 = 1, draws: Int = 400) throws -> [[String: String]] {
            var asked = SearchRequest(target: "points")
            (asked.randoms, asked.draws, asked.seed) = (randoms, draws, seed)
            return try SearchPlan(asked, RecipeCatalog([recipe])).trials.map { trial in
                Dictionary(uniqueKeysWithValues: trial.values.map { ($0.key, $0.value) })
            }
        }
        let decay = "optimizer.weight_decay=log:1e-5:1e-2"
        let alone = try values([decay]).map { $0["optimizer.weight_decay"] }
        #expect(Set(alone).count == 400)
        #expect(try values([decay], draws: 40).map { $0["optimizer.weight_decay"] } == Array(alone[..<40]))
        let logarithms = alone.compactMap { $0.flatMap { Double($0) }.map { log10($0) } }
        #expect(logarithms.allSatisfy { (-5...(-2)).contains($0) })
        // the mean of 400 draws of a width of 3 has a deviation of 0.043
        #expect(abs(logarithms.reduce(0, +) / 400 + 3.5) < 0.15)
        let others = [decay, "model.dropout=uniform:0:0.5", "model.layers=int:1:3", "optimizer.name=sgd,adam"]
        let several = try values(others)
        #expect(several.map { $0["optimizer.weight_decay"] } == alone)
        #expect(try values([decay], seed: 2).map { $0["optimizer.weight_decay"] } != alone)
        let dropout = several.compactMap { $0["model.dropout"].flatMap { Double($0) } }
        #expect(dropout.allSatisfy { (0...0.5).contains($0) } && abs(dropout.reduce(0, +) / 400 - 0.25) < 0.03)
        for (key, expected) in [("model.layers", ["1", "2", "3"]), ("optimizer.name", ["adam", "sgd"])] {
            let found = several.compactMap { $0[key] }
            #expect(Set(found).sorted() == expected)
            for value in expected { #expect(found.count { $0 == value } > 340 / expected.count, "\(key) \(value)") }
        }
    }

    @Test("What cannot be searched is refused on all ranks before anything is made", arguments: [1, 2])
    func refused(ranks: Int) throws {
        let mistakes: [(change: (inout SearchRequest) -> Void, parts: [String])] = [
            ({ _ in }, ["needs a setting to vary"]),
            ({ $0.grids = ["optimizer.rate=1"] }, ["optimizer.rate", "lockstep settings"]),
            (
                {
                    $0.randoms = ["optimizer.momentum=0.5:0.95"]
                    $0.draws = 2
                }, ["optimizer.momentum", "uniform:0.5:0.95", "log:0.5:0.95", "int:0.5:0.95"]
            ),
            ({ $0.grids = ["optimizer.momentum=uniform:0.5:0.9"] }, ["optimizer.momentum", "--random", "--trials"]),
            ({ $0.grids = ["optimizer.momentum=0.5,2"] }, ["optimizer.momentum", "2", "below 1", "--grid"]),
            ({ $0.grids = ["optimizer.momentum"] }, ["--grid", "KEY=VALUE"]),
            ({ $0.grids = ["optimizer.momentum=0.5,0.50"] }, ["optimizer.momentum", "0.5 twice"]),
            ({ $0.grids = ["seed=1,2", "seed=3"] }, ["seed is varied twice"]),
            ({ $0.grids = ["shards=1,2"] }, ["shards cannot be searched"]),
            ({ $0.randoms = ["optimizer.l2=log:1e-5:1"] }, ["--trials"]),
            ({ ($0.grids, $0.draws) = (["seed=1,2"], 3) }, ["no --random"]),
            ({ ($0.randoms, $0.draws) = (["optimizer.l2=log:0:1"], 3) }, ["optimizer.l2", "LOW above 0", "log:0:1"]),
            ({ ($0.randoms, $0.draws) = (["optimizer.l2=log:2:1"], 3) }, ["LOW below HIGH"]),
            ({ ($0.randoms, $0.draws) = (["optimizer.l2=uniform:-1:1"], 3) }, ["optimizer.l2", "-1", "at least 0"]),
            ({ ($0.randoms, $0.draws) = (["model.layers=int:1:2.5"], 3) }, ["whole numbers"]),
            ({ ($0.randoms, $0.draws) = (["seed=int:1:9"], 20_000) }, ["20000 trials", "10000"]),
            (
                { $0.grids = ["optimizer.nesterov=true", "optimizer.momentum=0,0.9"] },
                ["the trial", "momentum=0", "raise it"]
            ),
            ({ ($0.grids, $0.ranksPerTrial) = (["seed=1,2"], 3) }, ["groups of 3"]),
            ({ ($0.grids, $0.ranksPerTrial) = (["seed=1,2"], 2) }, [ranks == 1 ? "groups of 2" : "--shards 2"]),
            ({ ($0.grids, $0.resumes) = (["seed=1,2"], true) }, ["holds no search"]),
        ]
        for (change, parts) in mistakes {
            let asked = request("refused", change)
            do {
                _ = try search(asked, ranks: ranks)
                Issue.record("\(parts) was not refused")
            } catch {
                for part in parts { #expect("\(error)".contains(part), "\(error)") }
            }
            #expect(!FileManager.default.fileExists(atPath: folder("refused")))
        }
    }

    @Test("A search is not resumed as another one, nor begun where there is one")
    func otherSearch() throws {
        let asked = request("search") { $0.grids = ["seed=1,2"] }
        _ = try search(asked)
        func expectRefused(_ parts: [String], _ change: (inout SearchRequest) -> Void) {
            var other = asked
            other.resumes = true
            change(&other)
            do {
                _ = try search(other)
                Issue.record("\(parts) was not refused")
            } catch {
                for part in parts { #expect("\(error)".contains(part), "\(error)") }
            }
        }
        expectRefused(["already holds", "--resume"]) { $0.resumes = false }
        expectRefused(["seed is --grid 1,2", "--grid 1,2,3"]) { $0.grids = ["seed=1,2,3"] }
        expectRefused(["epochs is 2", "3"]) {
            $0.overrides = [SettingOverride(key: "epochs", value: "3", source: "test")]
        }
    }

    @Test("When no trial comes to its end, that is an error")
    func noneComplete() throws {
        let asked = request("search") { $0.grids = ["optimizer.learning_rate=1e30,1e35"] }
        do {
            _ = try search(asked, ranks: 2)
            Issue.record("it succeeded")
        } catch {
            #expect("\(error)".contains("none of the 2 trials") && "\(error)".contains("loss of step"), "\(error)")
        }
        #expect(try folder.text("search", "results.csv").contains("1,diverged,1e+30"))
    }
}
