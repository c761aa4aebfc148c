import Foundation
import Messages
public import RunRecords

/// The results of a search as its directory has them: of one that is complete, or still going.
public struct SearchResults: Sendable {
    /// The settings that vary, by name.
    public let keys: [String]
    /// What trials are compared by; the final loss as long as no trial is complete.
    public let objective: SearchObjective
    /// The trials that have a result, the best first.
    public let trials: [TrialResult]
    /// The results of all rounds of population-based training; none while it is going on.
    package let lineage: SearchLineage
    private let directory: SearchDirectory

    /// Whether there is a search in the directory at `path`.
    public static func exist(at path: String) -> Bool {
        FileContents.exists(SearchDirectory(path: RunDirectory(path: path).path).planPath)
    }

    /// Reads the search in the directory at `path`, which is not changed.
    public init(path: String) throws(RunLogError) {
        directory = SearchDirectory(path: RunDirectory(path: path).path)
        let plan = try FileContents.decode([String: String].self, directory.planPath, what: "a JSON object of texts")
        keys = plan.filter { $0.value.hasPrefix("--grid ") || $0.value.hasPrefix("--random ") }.keys.sorted()
        struct Document: Decodable {
            let objective: SearchObjective
            let trials: [TrialResult]
            let rounds: [[TrialResult]]?
        }
        var rounds: [[TrialResult]] = []
        var results: [TrialResult] = []
        var found: SearchObjective?
        if FileContents.exists(directory.resultsPath) {
            let document = try FileContents.decode(
                Document.self, directory.resultsPath, limit: 1 << 28, what: "the results of a search")
            (found, results, rounds) = (document.objective, document.trials, document.rounds ?? [])
        } else {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
            for name in names.sorted() where name.hasPrefix("trial-") {
                let file = "\(directory.path)/\(name)/trial.json"
                guard FileContents.exists(file) else { continue }
                results.append(
                    try FileContents.decode(TrialResult.self, file, limit: 1 << 20, what: "the result of a trial"))
            }
        }
        objective = found ?? SearchObjective()
        trials = SearchTable(results, keys: keys, objective: objective).results
        lineage = SearchLineage(rounds, keys: keys, objective: objective)
    }

    /// The run directory of a trial.
    public func runDirectory(of trial: TrialResult) -> String { directory.trialPath(trial.number) }

    /// The value of the objective in `trial`; nil where it has none.
    public func value(of trial: TrialResult) -> Double? {
        trial.status == .complete ? objective.value(of: trial) : nil
    }

    /// The name of the objective, such as `final loss`.
    public var objectiveName: String { objective.name }
}
