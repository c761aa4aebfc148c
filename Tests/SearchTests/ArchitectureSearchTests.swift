import Checkpoints
import Communication
import Foundation
import RunRecords
import Search
import Testing
import Training
import TrainingTestSupport

@Suite("Architecture search")
struct ArchitectureSearchTests {
    private let recipe = PointsRecipe(
        name: "points", settings: [("global_batch", "10"), ("epochs", "2"), ("model.name", "normalized")])
    private let folder: TrainingFolder

    init() throws { folder = try TrainingFolder([recipe]) }

    private func evolution(_ directory: String, trials: Int) throws -> SearchRequest {
        var request = SearchRequest(target: "points")
        (request.directory, request.report) = (folder(directory), { _ in })
        request.randoms = ["optimizer.learning_rate=log:1e-6:1", "optimizer.weight_decay=log:1e-5:1e-2"]
        (request.draws, request.population) = (trials, 4)
        request.overrides = [try SettingOverride(assignment: "shards=2")]
        return request
    }

    /// Nine trials, of which those with the highest rate diverge; eight steps are the whole training.
    private func halving(_ directory: String, perTrial: Int = 1, resumes: Bool = false) throws -> SearchRequest {
        var request = SearchRequest(target: "points")
        (request.directory, request.report, request.resumes) = (folder(directory), { _ in }, resumes)
        request.grids = ["optimizer.learning_rate=0.001,0.1,1e30", "seed=1,2,3"]
        (request.reductionFactor, request.rungs, request.ranksPerTrial) = (2, 3, perTrial)
        request.overrides = [try SettingOverride(assignment: "shards=2")]
        return request
    }

    private func search(_ request: SearchRequest, ranks: Int = 1) throws -> [TrialResult] {
        let catalog = RecipeCatalog([recipe])
        return try InProcessCommunicator.run(ranks: ranks) { communicator in
            try HyperparameterSearch(request, catalog: catalog, communicator: communicator).run().results
        }[0]
    }

    private func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: folder(file)) }

    @Test("Generations are the same on any number of ranks, and after an interruption within one or between two")
    func generations() throws {
        let alone = try search(evolution("alone", trials: 10))
        #expect(Set(alone.map(\.number)) == Set(1...10) && alone.allSatisfy { $0.status == .complete })
        #expect(try search(evolution("ranks", trials: 10), ranks: 3) == alone)
        // the generations are trials 1 to 4, 5 and 6, 7 and 8, 9 and 10
        for lost in [[10], [8, 9, 10]] {
            for number in lost { try remove(String(format: "alone/trial-%04d", number)) }
            if lost.count > 1 { try remove("alone/stage-0004.json") }
            var resumed = try evolution("alone", trials: 10)
            resumed.resumes = true
            #expect(try search(resumed, ranks: 2) == alone)
        }
    }

    @Test("A later trial is a mutation of one of the newest, and all trials differ")
    func mutations() throws {
        let found = try search(evolution("alone", trials: 12)).sorted { $0.number < $1.number }.map(\.values)
        #expect(Set(found).count == 12)
        var random = SearchRequest(target: "points")
        (random.randoms, random.draws) = (try evolution("", trials: 1).randoms, 4)
        let draws = try SearchPlan(random, RecipeCatalog([recipe])).trials
        #expect(
            draws.map(\.values).map { Dictionary(uniqueKeysWithValues: $0.map { ($0.key, $0.value) }) }
                == Array(found[..<4]))
        for child in 4..<12 {
            let parents = found[max(0, child / 2 * 2 - 4)..<(child / 2 * 2)]
            let changes = parents.map { parent in parent.count { found[child][$0.key] != $0.value } }
            #expect(changes.min() == 1, "trial \(child + 1)")
        }
    }

    @Test("A small space is searched as a whole, and no further")
    func exhausted() throws {
        var request = try evolution("small", trials: 40)
        request.randoms = ["optimizer.learning_rate=0.01,0.1", "optimizer.momentum=0.5,0.9"]
        let lines = Lines()
        request.report = lines.add
        let found = try search(request)
        #expect(found.count == 4 && Set(found.map(\.values)).count == 4)
        #expect(lines.all.last?.contains("36 trials not made") == true)
    }

    @Test("Successive halving promotes the best, which end as if trained at once, on any number of ranks and resumed")
    func rungs() throws {
        let alone = try search(halving("alone"))
        #expect(
            alone.map(\.status) == [.complete, .complete] + [.stopped, .stopped, .stopped, .stopped] + [
                .diverged, .diverged, .diverged,
            ])
        // rungs of 9, 4 and 2 trials end after 2, 4 and 8 steps; diverged ones are not promoted
        #expect(alone.map(\.rung) == [3, 3, 2, 2, 1, 1, 1, 1, 1])
        #expect(alone.map(\.steps) == [8, 8, 4, 4, 2, 2, nil, nil, nil])
        let table = try folder.text("alone", "results.csv")
        for (ranks, perTrial) in [(2, 1), (3, 1), (4, 2)] {
            let name = "ranks-\(ranks)-\(perTrial)"
            #expect(try search(halving(name, perTrial: perTrial), ranks: ranks) == alone)
            #expect(try folder.text(name, "results.csv") == table)
        }
        for result in alone where result.status == .complete {
            let values = result.values.map { "\($0.key)=\($0.value)" }
            let single = try folder.train("single-\(result.number)", "points", values + ["shards=2"])
            let promoted = try SavedRun.checkpoint(at: folder(String(format: "alone/trial-%04d", result.number)))
            #expect(promoted.model == single.model && promoted.optimizer == single.optimizer)
        }
        // as when the process was killed at the end of the second rung
        let best = try #require(alone.first?.number)
        try remove("alone/results.csv")
        try remove("alone/stage-0003.json")
        try remove(String(format: "alone/trial-%04d/rung-2.json", best))
        for number in alone.filter({ $0.rung == 3 }).map(\.number) {
            try remove(String(format: "alone/trial-%04d/trial.json", number))
            try remove(String(format: "alone/trial-%04d/checkpoints/step-00000008", number))
        }
        #expect(try search(halving("alone", resumes: true), ranks: 2) == alone)
        #expect(try folder.text("alone", "results.csv") == table)
    }

    @Test("A model of more parameters than the budget is not trained, and is counted")
    func budget() throws {
        var request = SearchRequest(target: "points")
        let lines = Lines()
        (request.directory, request.report) = (folder("budget"), lines.add)
        // 2·2 + 2 parameters, and 2·24 + 24 + 24·20 + 20 + 20·2 + 2
        (request.grids, request.maxParameters) = (["model.name=linear,wide"], 613)
        let found = try search(request, ranks: 2)
        #expect(found.map(\.status) == [.complete, .tooLarge] && found.map(\.parameters) == [6, 614])
        #expect(found[1].reason?.contains("614 parameters") == true && found[1].reason?.contains("613") == true)
        #expect(lines.all.last?.contains("1 trial not trained") == true)
        #expect(!FileManager.default.fileExists(atPath: folder("budget/trial-0002/metrics.jsonl")))
        (request.directory, request.maxParameters) = (folder("all"), 614)
        #expect(try search(request).map(\.status) == [.complete, .complete])
    }

    @Test("Random lists keep to their lengths and bounds, and reach all of them")
    func lists() throws {
        var request = SearchRequest(target: "points")
        (request.randoms, request.draws) = (["model.hidden=list:1:3:4:9"], 300)
        let lists = try SearchPlan(request, RecipeCatalog([recipe])).trials.map { trial in
            trial.values[0].value.split { !$0.isNumber }.compactMap { Int($0) }
        }
        #expect(Set(lists.map(\.count)) == [1, 2, 3] && Set(lists.joined()) == Set(4...9))
    }

    @Test("Strategies that make no sense are refused", arguments: [1, 2])
    func refused(ranks: Int) throws {
        let mistakes: [(change: (inout SearchRequest) -> Void, parts: [String])] = [
            ({ $0.grids = ["seed=1,2"] }, ["--population", "seed", "--random"]),
            ({ $0.reductionFactor = 2 }, ["--population", "--reduction-factor"]),
            ({ ($0.population, $0.rungs) = (nil, 2) }, ["--rungs", "--reduction-factor"]),
            ({ ($0.population, $0.reductionFactor) = (nil, 20) }, ["20 trials", "there are 12"]),
            (
                { ($0.population, $0.reductionFactor, $0.rungs) = (nil, 3, 4) },
                ["4 rungs", "27 trials", "there are 12"]
            ),
            ({ $0.randoms = ["model.hidden=list:2:1:4:8"] }, ["model.hidden", "list:SHORTEST:LONGEST:LOW:HIGH"]),
            ({ $0.randoms = ["model.hidden=list:1:2:0:8"] }, ["model.hidden", "list:"]),
            ({ $0.randoms = ["optimizer.momentum=list:1:2:1:8"] }, ["optimizer.momentum"]),
        ]
        for (change, parts) in mistakes {
            var request = try evolution("refused", trials: 12)
            change(&request)
            do {
                _ = try search(request, ranks: ranks)
                Issue.record("\(parts) was not refused")
            } catch {
                for part in parts { #expect("\(error)".contains(part), "\(error)") }
            }
            #expect(!FileManager.default.fileExists(atPath: folder("refused")))
        }
        // what follows from results is not resumed by another metric
        _ = try search(evolution("first", trials: 4))
        var other = try evolution("first", trials: 4)
        (other.resumes, other.objective) = (true, SearchObjective(MetricName("accuracy")))
        do {
            _ = try search(other, ranks: ranks)
            Issue.record("another metric was not refused")
        } catch {
            #expect("\(error)".contains("--metric is loss, minimized, final"), "\(error)")
        }
    }
}
