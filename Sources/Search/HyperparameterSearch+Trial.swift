import Communication
import Messages
import RunRecords
import Synchronization
import Training

extension HyperparameterSearch {
    /// Trains one trial with the ranks of a group, or resumes it. *Collective* within the group.
    func run(
        _ trial: SearchPlan.Trial, _ stage: SearchStage, _ plan: SearchPlan, in directory: SearchDirectory,
        over group: any Communicator
    ) throws -> TrialResult {
        let path = directory.trialPath(trial.number)
        let parameters = Mutex<Int?>(nil)
        let limit = request.maxParameters
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
            (training.endJob, training.part) = (request.endJob, stage.part)
            let rounds = stage.round?.of
            training.willTrain = { count, lastStep in
                parameters.withLock { $0 = count }
                if let rounds, lastStep < rounds { throw SearchError.tooFewSteps(lastStep, rounds: rounds) }
                if let limit, count > limit { throw TooManyParameters(found: count, limit: limit) }
            }
            _ = try TrainingProgram(training, catalog: catalog, communicator: group).run()
            let metrics = try group.share(from: 0) { Array(try FileContents.read(path + "/metrics.jsonl")) }
            result = TrialResult(trial, metrics: String(decoding: metrics, as: UTF8.self))
        } catch let failure as RankFailure where failure.size == group.size {
            if let cause = failure.cause as? NonFiniteLoss {
                result = TrialResult(
                    trial, .diverged, reason: "the loss of step \(cause.step) is \(Readable.loss(cause.loss))")
            } else if let cause = failure.cause as? any Divergence {
                result = TrialResult(trial, .diverged, reason: cause.finding)
            } else if let cause = failure.cause as? TooManyParameters {
                result = TrialResult(trial, .tooLarge, reason: "\(cause)")
            } else {
                result = TrialResult(trial, .failed, reason: "\(failure)")
            }
        }
        (result.parameters, result.rung) = (parameters.withLock { $0 }, stage.rung?.number)
        (result.round, result.source) = (stage.round?.number, stage.source(of: trial.number))
        do {
            try group.agree { if group.rank == 0 { try directory.write(result, as: stage.resultName) } }
        } catch let failure as RankFailure where failure.size == group.size {
            result = TrialResult(trial, .failed, reason: "\(failure)")
        }
        if group.rank == 0 { request.report(line(trial, stage, result)) }
        return result
    }

    private func line(_ trial: SearchPlan.Trial, _ stage: SearchStage, _ result: TrialResult) -> String {
        let ending =
            switch result.status {
            case .complete, .stopped:
                (["loss", "accuracy"] + [request.objective.metric.name].filter { !["loss", "accuracy"].contains($0) })
                    .compactMap { name in (result.final?[name]).map { MetricName(name).description(of: $0) } }
                    .joined(separator: "  ")
            case .diverged, .tooLarge, .failed: "\(result.status.rawValue): \(result.reason ?? "")"
            }
        let copied = stage.source(of: trial.number).map { " from trial \($0)" } ?? ""
        let part = stage.name.map { "\($0)\(copied)  " } ?? ""
        return "trial \(trial.number)  \(part)\(trial.text)  \(ending)\n"
    }
}
