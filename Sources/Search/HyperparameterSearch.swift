public import Communication
import Foundation
import Messages
import RunRecords
public import Training

/// Hyperparameter search: trains a recipe with many settings, distributed over groups of ranks, and finds the best.
///
/// What a trial computes depends on its settings alone: the shards are the search's, not the group's, and random values
/// are a function of the search's seed and the draw. So the results are the same for any number of ranks.
public struct HyperparameterSearch {
    private let request: SearchRequest
    private let catalog: RecipeCatalog
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
        let (directory, done, lock) = try open(plan)
        defer { withExtendedLifetime(lock) {} }
        let groups = communicator.size / request.ranksPerTrial
        let number = communicator.rank / request.ranksPerTrial
        guard let group = try communicator.split(color: number, key: communicator.rank) else {
            fatalError("HyperparameterSearch: a rank is in no group in spite of its color")
        }
        let missing = plan.trials.filter { trial in !done.contains { $0.number == trial.number } }
        if communicator.rank == 0 { request.report(header(plan, missing.count, groups, directory)) }
        let advice = "repeat the command with --resume and --search-dir \(directory.path.shellWord) to continue"
        ProcessSignal.setEnding("; \(advice)")
        defer { ProcessSignal.setEnding() }
        var own = GroupResults()
        for place in stride(from: number, to: missing.count, by: groups) where own.interruption == nil {
            do {
                own.results.append(try run(missing[place], plan, in: directory, over: group))
            } catch let interruption as Interruption where interruption.size == group.size {
                own.interruption = .init(signal: interruption.signal, exitCode: interruption.exitCode)
            }
        }
        // one rank of each group speaks for it; there is no collective before
        let all = try communicator.allGather(value: group.rank == 0 ? own : GroupResults())
        let found = all.flatMap(\.results)
        if let interruption = all.lazy.compactMap(\.interruption).first, found.count < missing.count {
            let count = done.count + found.count
            throw Interruption(
                interruption.signal,
                message:
                    "; \(count) of \(Readable.count(plan.trials.count, of: "trial")) \(count == 1 ? "is" : "are") done; \(advice)",
                exitCode: interruption.exitCode, size: communicator.size)
        }
        return try finish(plan, done + found, directory)
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

    /// The directory, and the trials that are complete. *Collective.*
    private func open(_ plan: SearchPlan) throws -> (SearchDirectory, [TrialResult], RunLock?) {
        struct Opened: Codable {
            let path: String
            let done: [TrialResult]
        }
        var lock: RunLock?
        let opened = try communicator.share(from: 0) { () -> Opened in
            let directory =
                request.resumes
                ? try SearchDirectory.existing(at: request.directory, for: plan)
                : try SearchDirectory.create(at: request.directory, for: plan)
            lock = try directory.lock()
            let done = try plan.trials.compactMap { try directory.result(of: $0) }
            return Opened(path: directory.path, done: done)
        }
        return (SearchDirectory(path: opened.path), opened.done, lock)
    }

    private func header(_ plan: SearchPlan, _ missing: Int, _ groups: Int, _ directory: SearchDirectory) -> String {
        let done = plan.trials.count - missing
        return block(
            "Search: \(plan.settings["recipe"] ?? "")",
            [
                ("varied", plan.dimensions.map { "\($0.key)=\($0.text)" }.joined(separator: " ")),
                ("trials", Readable.count(plan.trials.count) + (done > 0 ? ", of which \(done) are done" : "")),
                ("groups", "\(groups), each of \(Readable.count(request.ranksPerTrial, of: "rank"))"),
                ("directory", directory.path),
            ])
    }

    /// Trains one trial with the ranks of a group, or resumes it. *Collective* within the group.
    private func run(
        _ trial: SearchPlan.Trial, _ plan: SearchPlan, in directory: SearchDirectory, over group: any Communicator
    ) throws -> TrialResult {
        let path = directory.trialPath(trial.number)
        var result: TrialResult
        do {
            let begun = try group.share(from: 0) { () -> Bool in
                try directory.checkTrial(trial.number)
                return RunDirectory(path: path).traceOfRun != nil
            }
            var training = TrainingRequest(
                target: request.target,
                overrides: request.overrides + trial.overrides + [
                    SettingOverride(key: "shards", value: plan.settings["shards"] ?? "", source: "the search")
                ], runDirectory: path, resumes: begun, commandLine: request.commandLine,
                libraries: request.libraries, hostname: request.hostname)
            (training.isQuiet, training.dropsUnused) = (true, true)
            training.endJob = request.endJob
            _ = try TrainingProgram(training, catalog: catalog, communicator: group).run()
            let metrics = try group.share(from: 0) { Array(try FileContents.read(path + "/metrics.jsonl")) }
            result = TrialResult(trial, metrics: String(decoding: metrics, as: UTF8.self))
        } catch let failure as RankFailure where failure.size == group.size {
            if let cause = failure.cause as? NonFiniteLoss {
                result = TrialResult(trial, .diverged, reason: "the loss of step \(cause.step) is \(cause.loss)")
            } else if let cause = failure.cause as? any Divergence {
                result = TrialResult(trial, .diverged, reason: cause.finding)
            } else {
                result = TrialResult(trial, .failed, reason: "\(failure)")
            }
        }
        do {
            try group.agree { if group.rank == 0 { try directory.write(result) } }
        } catch let failure as RankFailure where failure.size == group.size {
            result = TrialResult(trial, .failed, reason: "\(failure)")
        }
        if group.rank == 0 { request.report(line(trial, result)) }
        return result
    }

    private func line(_ trial: SearchPlan.Trial, _ result: TrialResult) -> String {
        let ending =
            switch result.status {
            case .complete:
                (["loss", "accuracy"] + [request.objective.metric.name].filter { !["loss", "accuracy"].contains($0) })
                    .compactMap { name in (result.final?[name]).map { MetricName(name).description(of: $0) } }
                    .joined(separator: "  ")
            case .diverged, .failed: "\(result.status.rawValue): \(result.reason ?? "")"
            }
        return "trial \(trial.number)  \(trial.text)  \(ending)\n"
    }

    /// Writes the results, and reports the table. *Collective.*
    private func finish(_ plan: SearchPlan, _ results: [TrialResult], _ directory: SearchDirectory) throws -> Outcome {
        let table = SearchTable(results, keys: plan.dimensions.map(\.key), objective: request.objective)
        try communicator.agree {
            guard communicator.rank == 0 else { return }
            try FileContents.replace(directory.tablePath, with: Data(table.csv.utf8))
            try table.writeJSON(to: directory.resultsPath)
            request.report("\n" + table.text(directory: directory.path))
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
