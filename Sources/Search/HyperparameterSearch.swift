public import Communication
import Foundation
import Messages
import RunRecords
public import Training

/// Hyperparameter and architecture search: trains a recipe with many settings, distributed over groups of ranks, and
/// finds the best.
///
/// What a trial computes depends on its settings alone: the shards are the search's, not the group's, and random values
/// are a function of the search's seed and the draw. So the results are the same for any number of ranks.
public struct HyperparameterSearch {
    let request: SearchRequest
    let catalog: RecipeCatalog
    private let communicator: any Communicator

    /// The search that `request` describes, on the ranks of `communicator`.
    public init(_ request: SearchRequest, catalog: RecipeCatalog, communicator: any Communicator) {
        (self.request, self.catalog, self.communicator) = (request, catalog, communicator)
    }

    /// The results of a search.
    public struct Outcome: Sendable {
        /// The directory of the search.
        public let directory: String
        /// Every trial, the best first.
        public let results: [TrialResult]
    }

    /// Runs all trials that are not complete yet. *Collective.*
    ///
    /// A trial that diverges or fails is recorded, and the search continues; throws if no trial completes, or if the search
    /// is impossible as requested. A signal ends the trials under way, each with a checkpoint, and throws an `Interruption`.
    public func run() throws -> Outcome {
        let plan = try communicator.agree { () throws -> SearchPlan in
            guard request.ranksPerTrial >= 1, communicator.size % request.ranksPerTrial == 0 else {
                throw SearchError.unevenGroups(ranks: communicator.size, perTrial: request.ranksPerTrial)
            }
            return try SearchPlan(request, catalog)
        }
        try requireEqual(plan)
        let (directory, lock) = try open(plan)
        defer { withExtendedLifetime(lock) {} }
        let number = communicator.rank / request.ranksPerTrial
        guard let own = try communicator.split(color: number, key: communicator.rank) else {
            fatalError("HyperparameterSearch: a rank is in no group in spite of its color")
        }
        let groups = Groups(own: own, number: number, count: communicator.size / request.ranksPerTrial)
        let advice = "repeat the command with --resume and --search-dir \(directory.path.shellWord) to continue"
        ProcessSignal.setEnding("; \(advice)")
        defer { ProcessSignal.setEnding() }
        var results: [Int: TrialResult] = [:]
        var rounds: [[TrialResult]] = []
        var next: SearchStage? = plan.firstStage
        while let stage = next {
            let done = try begin(stage, plan, results, in: directory)
            if stage.number == 1, communicator.rank == 0 { request.report(header(plan, done.count, groups, directory)) }
            let found = try run(stage, plan, in: directory, over: groups, done: done, earlier: results.count, advice)
            for result in found { results[result.number] = result }
            if stage.round != nil { rounds.append(found) }
            next = plan.next(
                after: stage, found, results.values.sorted { $0.number < $1.number }, request.objective)
            if let rung = stage.rung, rung.number < rung.of {
                let promoted = Set(next?.trials.map(\.number) ?? [])
                try stop(found.filter { !promoted.contains($0.number) }, of: rung, in: directory) {
                    results[$0.number] = $0
                }
            }
        }
        return try finish(plan, results.values.sorted { $0.number < $1.number }, rounds, directory)
    }

    /// The groups of ranks that trials are dealt to.
    private struct Groups {
        let own: any Communicator
        let number, count: Int
    }

    /// Records the beginning of a stage, and makes its copies of trials, of which `results` are the last ones; returns
    /// the results of those of its trials that are complete. *Collective.*
    private func begin(
        _ stage: SearchStage, _ plan: SearchPlan, _ results: [Int: TrialResult], in directory: SearchDirectory
    ) throws -> [TrialResult] {
        try communicator.share(from: 0) {
            try directory.begin(stage) { copy in
                guard let step = results[copy.source]?.steps,
                    let trial = stage.trials.first(where: { $0.number == copy.trial })
                else { return }
                try directory.checkTrial(copy.trial)
                try RunCopy.replace(
                    RunDirectory(path: directory.trialPath(copy.trial)),
                    by: RunDirectory(path: directory.trialPath(copy.source)), step: step, applying: trial.overrides,
                    catalog.settings)
            }
            return try stage.trials.compactMap { try directory.result(of: $0, in: stage) }
        }
    }

    /// Runs the trials of a stage that are not `done`; returns the results of all. *Collective.*
    /// - Parameter earlier: the number of results of earlier stages.
    private func run(
        _ stage: SearchStage, _ plan: SearchPlan, in directory: SearchDirectory, over groups: Groups,
        done: [TrialResult], earlier: Int, _ advice: String
    ) throws -> [TrialResult] {
        let missing = stage.trials.filter { trial in !done.contains { $0.number == trial.number } }
        var own = GroupResults()
        for index in stride(from: groups.number, to: missing.count, by: groups.count) where own.interruption == nil {
            do {
                own.results.append(try run(missing[index], stage, plan, in: directory, over: groups.own))
            } catch let interruption as Interruption where interruption.size == groups.own.size {
                own.interruption = .init(signal: interruption.signal, exitCode: interruption.exitCode)
            }
        }
        // one rank of each group speaks for it; there is no collective before
        let all = try communicator.allGather(value: groups.own.rank == 0 ? own : GroupResults())
        let found = done + all.flatMap(\.results)
        if let interruption = all.lazy.compactMap(\.interruption).first, found.count < stage.trials.count {
            let count = found.count + (stage.name == nil ? earlier : 0)
            let of = Readable.count(stage.name == nil ? plan.count : stage.trials.count, of: "trial")
            let part = stage.name.map { " of \($0)" } ?? ""
            throw Interruption(
                interruption.signal,
                message: "; \(count) of \(of)\(part) \(count == 1 ? "is" : "are") done; \(advice)",
                exitCode: interruption.exitCode, size: communicator.size)
        }
        return found.sorted { $0.number < $1.number }
    }

    /// Records the end of trials that are not promoted from `rung`, and returns each to `keep`. *Collective.*
    private func stop(
        _ results: [TrialResult], of rung: (number: Int, of: Int), in directory: SearchDirectory,
        keep: (TrialResult) -> Void
    ) throws {
        let stopped = results.map { result in
            var result = result
            if result.status == .complete {
                result.status = .stopped
                result.reason = "not promoted from rung \(rung.number) of \(rung.of)"
            }
            return result
        }
        try communicator.agree {
            if communicator.rank == 0 { for result in stopped { try directory.write(result) } }
        }
        stopped.forEach(keep)
    }

    /// What a group of ranks has of the search.
    private struct GroupResults: Codable {
        struct Ending: Codable {
            let signal: ProcessSignal
            let exitCode: Int32
        }

        var results: [TrialResult] = []
        /// The signal that has ended its last trial.
        var interruption: Ending?
    }

    private func requireEqual(_ plan: SearchPlan) throws {
        let own = plan.description.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let text =
            (own + [
                request.objective.name, request.objective.metric.direction.rawValue,
                "\(request.ranksPerTrial) ranks for a trial", "\(request.resumes)",
            ])
            .joined(separator: "\n")
        let first = try communicator.broadcast(text, from: 0)
        try communicator.agree {
            if text != first {
                let difference = zip(text.split(separator: "\n"), first.split(separator: "\n")).first { $0 != $1 }
                throw RankDifference(
                    what: "the search", own: "\(difference?.0 ?? "another one")",
                    first: "\(difference?.1 ?? "another one")",
                    advice: "start all ranks with the same options")
            }
        }
    }

    /// The directory, which rank 0 locks. *Collective.*
    private func open(_ plan: SearchPlan) throws -> (SearchDirectory, RunLock?) {
        var lock: RunLock?
        let path = try communicator.share(from: 0) { () -> String in
            let directory =
                request.resumes
                ? try SearchDirectory.existing(at: request.directory, for: plan)
                : try SearchDirectory.create(at: request.directory, for: plan)
            lock = try directory.lock()
            return directory.path
        }
        return (SearchDirectory(path: path), lock)
    }

    private func header(_ plan: SearchPlan, _ done: Int, _ groups: Groups, _ directory: SearchDirectory) -> String {
        let strategy: [(String, String)] =
            switch plan.strategy {
            case .all: []
            case .evolution(let evolution):
                [
                    (
                        "evolution",
                        "a population of \(evolution.population), generations of \(Readable.count(evolution.children, of: "trial"))"
                    )
                ]
            case .halving(let halving): [("rungs", halving.description(trials: plan.count))]
            case .populationBased(let training): [("rounds", training.description(trials: plan.count))]
            }
        let first =
            plan.firstStage.rung != nil
            ? " for the first rung" : plan.firstStage.round != nil ? " for the first round" : ""
        return block(
            "Search: \(plan.settings["recipe"] ?? "")",
            [
                ("varied", plan.dimensions.map { "\($0.key)=\($0.text)" }.joined(separator: " ")),
                ("trials", Readable.count(plan.count) + (done > 0 ? ", of which \(done) are done\(first)" : "")),
            ] + strategy + [
                ("groups", "\(groups.count), each of \(Readable.count(request.ranksPerTrial, of: "rank"))"),
                ("directory", directory.path),
            ])
    }

    /// Writes the results, and reports the table. *Collective.*
    private func finish(
        _ plan: SearchPlan, _ results: [TrialResult], _ rounds: [[TrialResult]], _ directory: SearchDirectory
    ) throws -> Outcome {
        var table = SearchTable(results, keys: plan.dimensions.map(\.key), objective: request.objective)
        table.expected = plan.count
        let lineage = SearchLineage(rounds, keys: table.keys, objective: request.objective)
        try communicator.agree {
            guard communicator.rank == 0 else { return }
            try FileContents.replace(directory.tablePath, with: Data(table.csv.utf8))
            try table.writeJSON(to: directory.resultsPath, lineage)
            if !rounds.isEmpty {
                try FileContents.replace(directory.lineagePath, with: Data(lineage.csv.utf8))
            }
            request.report("\n" + lineage.text(of: table.best) + table.text(directory: directory.path))
        }
        guard let best = table.best else {
            throw communicator.agreedFailure(
                SearchError.noneComplete(count: results.count, reason: table.results.first?.reason ?? "unknown"))
        }
        guard request.objective.cost(of: best) != nil else {
            throw communicator.agreedFailure(
                SearchError.notMeasured(request.objective.metric.name, known: (best.final ?? [:]).keys.sorted()))
        }
        return Outcome(directory: directory.path, results: table.results)
    }
}
