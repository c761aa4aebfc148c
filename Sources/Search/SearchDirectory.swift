import Checkpoints
import Foundation
import Messages
import RunRecords
import Training

/// The directory of a search: its plan, a run directory for each trial, and the results.
///
///     search.json  trial-0001/ …  stage-0002.json …  results.csv  results.json  lineage.csv
struct SearchDirectory {
    let path: String

    var planPath: String { path + "/search.json" }
    var tablePath: String { path + "/results.csv" }
    var resultsPath: String { path + "/results.json" }
    var lineagePath: String { path + "/lineage.csv" }

    /// The run directory of a trial.
    func trialPath(_ number: Int) -> String { "\(path)/\(Self.trialName(number))" }

    static func trialName(_ number: Int) -> String { String(format: "trial-%04d", number) }

    /// Creates the directory of a new search, below `searches` unless there is a path for it.
    static func create(at path: String?, for plan: SearchPlan) throws -> SearchDirectory {
        let directory =
            try path.map { try RunDirectory.create(at: $0) }
            ?? RunDirectory.createNew(recipe: plan.settings["recipe"] ?? "search", in: "searches")
        let search = SearchDirectory(path: directory.path)
        guard !FileContents.exists(search.planPath) else { throw SearchError.holdsSearch(search.path) }
        try FileContents.replace(search.planPath, withJSON: plan.description)
        return search
    }

    /// The directory of a search to resume; `plan` must equal that of its start.
    static func existing(at path: String?, for plan: SearchPlan) throws -> SearchDirectory {
        guard let path else { throw SearchError.noDirectory }
        let search = SearchDirectory(path: RunDirectory(path: path).path)
        guard FileContents.exists(search.planPath) else { throw SearchError.noSearch(search.path) }
        let saved = try FileContents.decode([String: String].self, search.planPath, what: "a JSON object of texts")
        let (before, given) = (try plan.normalized(saved), try plan.normalized(plan.description))
        for what in Set(before.keys).union(given.keys).sorted() {
            let (before, now) = (before[what], given[what])
            guard before == now else {
                throw SearchError.otherSearch(what: what, saved: before ?? "not set", given: now ?? "not set")
            }
        }
        return search
    }

    /// Throws when the run directory of a trial is a symbolic link, by which it would write somewhere else. *Local.*
    func checkTrial(_ number: Int) throws { try FileSystem.checkIsNoLink(trialPath(number)) }

    /// Locks the directory until the lock is deinitialized.
    func lock() throws -> RunLock { try RunDirectory(path: path).lock() }

    /// The trials of a later generation or rung: its presence says that the results before it are decided on.
    private func stagePath(_ number: Int) -> String { path + String(format: "/stage-%04d.json", number) }

    /// Records that a stage begins, and makes its copies of trials, each by `copy`.
    ///
    /// The record comes first: from then on the results of earlier stages are final, and a search that was interrupted
    /// in between copies again. No trial that is copied is replaced, so that copying again gives the same.
    func begin(_ stage: SearchStage, copy: (PopulationBasedTraining.Copy) throws -> Void) throws {
        struct Document: Codable {
            let stage: Int
            let trials: [Int]
            var copies: [PopulationBasedTraining.Copy]?
            var isCopied: Bool?

            enum CodingKeys: String, CodingKey {
                case stage, trials, copies
                case isCopied = "is_copied"
            }
        }
        guard stage.number > 1 else { return }
        let path = stagePath(stage.number)
        var document = Document(stage: stage.number, trials: stage.trials.map(\.number))
        if FileContents.exists(path) {
            guard !stage.copies.isEmpty else { return }
            let what = "the record of a stage; remove it to begin the stage again"
            if try FileContents.decode(Document.self, path, what: what).isCopied == true { return }
        }
        if !stage.copies.isEmpty { (document.copies, document.isCopied) = (stage.copies, false) }
        try FileContents.replace(path, withJSON: document)
        guard !stage.copies.isEmpty else { return }
        try stage.copies.forEach(copy)
        document.isCopied = true
        try FileContents.replace(path, withJSON: document)
    }

    /// The result of a trial in `stage`; nil if it has none, or failed and is to be tried again, as long as no later stage
    /// depends on it.
    func result(of trial: SearchPlan.Trial, in stage: SearchStage) throws -> TrialResult? {
        let file = "\(trialPath(trial.number))/\(stage.resultName)"
        guard FileContents.exists(file) else { return nil }
        let what = "the result of trial \(trial.number); remove it to try again"
        let result = try FileContents.decode(TrialResult.self, file, limit: 1 << 20, what: what)
        let values = Dictionary(uniqueKeysWithValues: trial.values.map { ($0.key, $0.value) })
        guard result.number == trial.number, result.values == values else {
            throw RunLogError.malformed(
                path: file,
                problem:
                    "found trial \(result.number) of \(result.values.sorted { $0.key < $1.key }.listed { "\($0.key)=\($0.value)" }), expected \(what)"
            )
        }
        return result.status == .failed && !FileContents.exists(stagePath(stage.number + 1)) ? nil : result
    }

    /// Writes the result of a trial, by default that of its end.
    func write(_ result: TrialResult, as name: String = "trial.json") throws {
        let path = trialPath(result.number)
        // a trial that failed early may not have made its run directory
        try RunDirectory.makeDirectories(path)
        try FileContents.replace(path + "/" + name, withJSON: result)
    }
}
