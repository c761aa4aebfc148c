import Checkpoints
import Communication
import Foundation
import RunRecords
import Search
import Synchronization
import Testing
import Training
import TrainingTestSupport

@Suite("Population-based training")
struct PopulationBasedTrainingTests {
    private let points = PointsRecipe(
        name: "points", settings: [("global_batch", "10"), ("epochs", "2"), ("model.name", "normalized")])
    private let folder: TrainingFolder

    init() throws { folder = try TrainingFolder([points, ToyRecipe()]) }

    /// Five trials of eight steps in four rounds; those with the highest rates diverge.
    private func request(_ directory: String, perTrial: Int = 1, resumes: Bool = false) throws -> SearchRequest {
        var request = SearchRequest(target: "points")
        (request.directory, request.report, request.resumes) = (folder(directory), { _ in }, resumes)
        request.randoms = ["optimizer.learning_rate=0.0001,0.01,0.1,1e30", "optimizer.weight_decay=log:1e-5:1e-2"]
        (request.draws, request.pbtRounds, request.ranksPerTrial, request.seed) = (5, 4, perTrial, 3)
        request.overrides = [try SettingOverride(assignment: "shards=2")]
        return request
    }

    private func search(_ request: SearchRequest, ranks: Int = 1) throws -> [TrialResult] {
        let catalog = RecipeCatalog([points, ToyRecipe()])
        return try InProcessCommunicator.run(ranks: ranks) { communicator in
            try HyperparameterSearch(request, catalog: catalog, communicator: communicator).run().results
        }[0]
    }

    private func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: folder(file)) }

    @Test("Any number of ranks, in groups of any size, finds the same trials and the same lineage")
    func sameResults() throws {
        let alone = try search(request("alone"))
        let (table, lineage) = (try folder.text("alone", "results.csv"), try folder.text("alone", "lineage.csv"))
        #expect(lineage.contains("diverged") && alone.allSatisfy { $0.round == 4 })
        for (ranks, perTrial) in [(2, 1), (3, 1), (2, 2), (4, 2)] {
            let name = "ranks-\(ranks)-\(perTrial)"
            #expect(try search(request(name, perTrial: perTrial), ranks: ranks) == alone)
            #expect(try folder.text(name, "results.csv") == table)
            #expect(try folder.text(name, "lineage.csv") == lineage)
            #expect(try folder.text(name, "results.json") == (try folder.text("alone", "results.json")))
            let saved = try SavedRun.checkpoint(at: folder("alone/trial-0001"))
            #expect(try SavedRun.checkpoint(at: folder("\(name)/trial-0001")) == saved)
        }
        let results = try SearchResults(path: folder("alone"))
        #expect(results.lineage.rounds.map { $0.map(\.number) } == Array(repeating: [1, 2, 3, 4, 5], count: 4))
        #expect(results.lineage.rounds.last == alone.sorted { $0.number < $1.number })
        // every trial that did not complete a round copies one that did in the next one, and complete ones end with the
        // round
        for (round, next) in zip(results.lineage.rounds, results.lineage.rounds.dropFirst()) {
            for (result, following) in zip(round, next) where result.status != .complete {
                #expect(following.source != nil && following.source != result.number)
            }
            for result in next { #expect(result.source.map { round[$0 - 1].status == .complete } ?? true) }
        }
        for (index, round) in results.lineage.rounds.enumerated() {
            for result in round where result.status == .complete { #expect(result.steps == 2 * (index + 1)) }
        }
    }

    @Test("A copy continues with the weights, the optimizer state and the records of its source")
    func copies() throws {
        var request = try request("alone")
        (request.draws, request.quantileFraction) = (2, 0.5)
        (request.randoms, request.resampleProbability) = (["optimizer.learning_rate=0.1,0.0001"], 0)
        request.pbtRounds = 2
        _ = try search(request)
        let rounds = try SearchResults(path: folder("alone")).lineage.rounds
        let copy = try #require(rounds[1].first { $0.source != nil })
        let source = rounds[0][try #require(copy.source) - 1]
        // by hand: the source's settings for four steps, then those of the copy
        let (first, second) = (
            source.values["optimizer.learning_rate"] ?? "", copy.values["optimizer.learning_rate"] ?? ""
        )
        try folder.train(
            "hand", "points", ["optimizer.learning_rate=\(first)", "shards=2"],
            prepare: { training, _ in training.part = RunPart(1, of: 2) })
        let hand = try folder.train(
            "hand", "points", resumes: true, ["optimizer.learning_rate=\(second)", "shards=2"])
        let saved = try SavedRun.checkpoint(at: folder("alone/trial-000\(copy.number)"))
        #expect(saved.model == hand.model && saved.optimizer == hand.optimizer)
        let settings = try folder.text("alone/trial-000\(copy.number)", "settings.yaml")
        #expect(Double(saved.state.settings["optimizer.learning_rate"] ?? "") == Double(second))
        #expect(settings.contains("learning_rate: "))
        // up to the copy the records are those of the source
        let lines = try [copy.number, source.number].map { number in
            try folder.text("alone/trial-000\(number)", "metrics.jsonl").split(separator: "\n")
                .filter { $0.contains("\"step\":4,") && $0.contains("test_loss") }
        }
        #expect(lines[0] == lines[1] && !lines[0].isEmpty)
    }

    @Test("A search that was killed after any trial, or while it copied trials, resumes to the same results")
    func resumed() throws {
        var first = try request("alone")
        let counter = Mutex(0)
        let folder = folder
        first.report = { line in
            guard line.hasPrefix("trial") else { return }
            let number = counter.withLock { count in
                count += 1
                return count
            }
            try? FileManager.default.copyItem(atPath: folder("alone"), toPath: folder("killed-\(number)"))
        }
        let alone = try search(first)
        #expect(counter.withLock { $0 } == 20)
        let results = try folder.text("alone", "results.json")
        let copied = try #require(
            try SearchResults(path: folder("alone")).lineage.rounds[2].first { $0.source != nil }?.number)
        // after the second round, as its copies were under way
        let amid = "amid"
        try FileManager.default.copyItem(atPath: folder("killed-10"), toPath: folder(amid))
        let stage = try folder.text("alone", "stage-0003.json").replacing("true", with: "false")
        try stage.write(toFile: folder("\(amid)/stage-0003.json"), atomically: true, encoding: .utf8)
        try remove(String(format: "\(amid)/trial-%04d/checkpoints", copied))
        for (index, name) in (["killed-1", "killed-5", "killed-8", "killed-10", amid, "killed-13", "killed-20"])
            .enumerated()
        {
            #expect(try search(request(name, resumes: true), ranks: index % 3 + 1) == alone, "\(name)")
            #expect(try folder.text(name, "results.json") == results, "\(name)")
            #expect(try folder.text(name, "lineage.csv") == (try folder.text("alone", "lineage.csv")), "\(name)")
        }
    }

    @Test("The paper's toy example is solved by copying and perturbing, and by no constant settings of the same draws")
    func toy() throws {
        var request = SearchRequest(target: "toy")
        (request.directory, request.report) = (folder("toy"), { _ in })
        (request.randoms, request.draws) = (["toy.h0=0,1", "toy.h1=0,1"], 2)
        // draws of (1, 0) and (0, 1), as in the paper
        request.seed = try #require(
            (1...50).map(UInt64.init).first { seed in
                request.seed = seed
                let draws = try? SearchPlan(request, RecipeCatalog([ToyRecipe()])).trials.map { $0.values.map(\.value) }
                return draws == [["1", "0"], ["0", "1"]] || draws == [["1.0", "0.0"], ["0.0", "1.0"]]
            })
        let constant = try search(request)
        // one of the two parameters stays at 0.9
        #expect(constant.allSatisfy { ($0.final?["loss"] ?? 0) > 0.8 })
        (request.directory, request.pbtRounds) = (folder("population"), 10)
        let best = try #require(try search(request).first?.final?["loss"])
        #expect(best < 0.05)
        let lineage = try SearchResults(path: folder("population")).lineage
        #expect(lineage.rounds.joined().contains { $0.source != nil })
    }

    @Test("The worst fraction copies the best, and those that did not complete copy first")
    func selection() throws {
        let training = PopulationBasedTraining(rounds: 3, quantileFraction: 0.2, resampleProbability: 0.25)
        #expect([2, 3, 4, 5, 6, 10, 11].map { training.copies(of: $0) } == [1, 1, 1, 1, 2, 2, 3])
        func results(_ losses: [Double?]) throws -> [TrialResult] {
            losses.enumerated().map { index, loss in
                let trial = SearchPlan.Trial(number: index + 1, values: [])
                var result = TrialResult(trial, loss == nil ? .diverged : .complete)
                result.final = loss.map { ["loss": $0] }
                return result
            }
        }
        func copies(_ losses: [Double?], round: Int = 1) throws -> [PopulationBasedTraining.Copy] {
            training.copies(after: round, try results(losses), SearchObjective(), seed: 1)
        }
        let losses: [Double?] = [5, 1, 9, 3, 8, 4, 2, 7, 6, 5]
        for round in 1...20 {
            let found = try copies(losses, round: round)
            #expect(found.map(\.trial) == [3, 5] && found.allSatisfy { [2, 7].contains($0.source) })
        }
        // each of the best is drawn at times
        #expect(Set(try (1...20).flatMap { try copies(losses, round: $0).map(\.source) }) == [2, 7])
        #expect(try copies([1, nil, 9, 3, nil, 4, 2, nil, 6, 5]).map(\.trial) == [2, 5, 8])
        #expect(try copies([nil, 1, 9, 3, 8, 4, 2, 7, 6, 5]).map(\.trial) == [1, 3])
        #expect(try copies([nil, nil, 1]).map(\.source) == [3, 3])
        #expect(try copies([nil, nil]).isEmpty)
    }

    @Test("Numbers are multiplied by 0.8 or 1.2 within their bounds, whole ones change, choices move to a neighbor")
    func perturbations() throws {
        let catalog = RecipeCatalog([points, ToyRecipe()])
        func values(_ text: String, _ value: String, resample: Double = 0) throws -> Set<String> {
            let dimension = try SearchDimension.random(text, catalog.settings)
            let training = PopulationBasedTraining(rounds: 3, quantileFraction: 0.2, resampleProbability: resample)
            return Set(
                (1...40).flatMap {
                    training.explored([(dimension.key, value)], [dimension], after: $0, number: 1, seed: 1).map(\.value)
                })
        }
        #expect(try values("optimizer.learning_rate=log:0.001:1", "0.1") == ["0.08", "0.12"])
        #expect(try values("optimizer.learning_rate=log:0.09:1", "0.1") == ["0.09", "0.12"])
        #expect(try values("toy.level=int:0:8", "2") == ["1", "3"])
        #expect(try values("toy.level=int:0:8", "8") == ["6", "8"])
        #expect(try values("toy.level=int:0:8", "0") == ["0", "1"])
        #expect(try values("optimizer.momentum=0.5,0.9,0.99", "0.9") == ["0.5", "0.99"])
        #expect(try values("optimizer.momentum=0.5,0.9,0.99", "0.5") == ["0.5", "0.9"])
        let drawn = try values("optimizer.learning_rate=log:0.001:1", "0.1", resample: 1).compactMap(Double.init)
        #expect(drawn.count > 30 && drawn.allSatisfy { (0.001...1).contains($0) })
    }

    @Test("What cannot change during training, and options that make no sense, are refused", arguments: [1, 2])
    func refused(ranks: Int) throws {
        let mistakes: [(change: (inout SearchRequest) -> Void, parts: [String])] = [
            ({ $0.randoms = ["global_batch=int:5:20"] }, ["global_batch cannot change", "samples of a step"]),
            ({ $0.randoms = ["model.layers=int:1:3"] }, ["model.layers cannot change", "shape of the model"]),
            ({ $0.randoms = ["model.hidden=list:1:2:4:8"] }, ["model.hidden cannot change", "shape of the model"]),
            ({ $0.randoms = ["data.test_fraction=uniform:0:0.5"] }, ["data.test_fraction", "decides the data"]),
            ({ $0.randoms = ["optimizer.name=sgd,adam"] }, ["optimizer.name", "state the optimizer keeps"]),
            ({ $0.randoms = ["epochs=int:1:3"] }, ["epochs cannot change", "length of the training"]),
            ({ $0.randoms = ["seed=int:1:3"] }, ["seed cannot change", "order of the data"]),
            ({ ($0.randoms, $0.draws, $0.grids) = ([], nil, ["optimizer.l2=0,1"]) }, ["optimizer.l2", "--random"]),
            ({ $0.draws = 1 }, ["at least 2 trials"]),
            ({ $0.pbtRounds = 1 }, ["--pbt-rounds", "from 2", "found 1"]),
            ({ $0.pbtRounds = 9 }, ["8 steps", "9 rounds"]),
            ({ $0.quantileFraction = 0.6 }, ["--quantile-fraction", "at most 0.5", "0.6"]),
            ({ $0.resampleProbability = .nan }, ["--resample-probability", "from 0 to 1"]),
            ({ ($0.pbtRounds, $0.quantileFraction) = (nil, 0.2) }, ["--quantile-fraction", "give --pbt-rounds"]),
            ({ $0.population = 4 }, ["--population", "--pbt-rounds"]),
            ({ $0.reductionFactor = 2 }, ["--reduction-factor", "--pbt-rounds"]),
            ({ $0.objective = SearchObjective(evaluation: .best) }, ["--evaluation best"]),
        ]
        for (index, (change, parts)) in mistakes.enumerated() {
            var request = try request("refused-\(index)")
            change(&request)
            do {
                _ = try search(request, ranks: ranks)
                Issue.record("\(parts) was not refused")
            } catch {
                for part in parts { #expect("\(error)".contains(part), "\(error)") }
            }
        }
        _ = try search(request("first"))
        var other = try request("first", resumes: true)
        other.quantileFraction = 0.4
        do {
            _ = try search(other, ranks: ranks)
            Issue.record("another fraction was not refused")
        } catch {
            #expect("\(error)".contains("--quantile-fraction is 0.2"), "\(error)")
        }
    }
}
