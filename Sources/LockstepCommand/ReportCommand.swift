import ArgumentParser
import Communication
import Foundation
import MPICommunication
import Messages
import Report
import RunRecords
import Search
import Settings
import Training

struct ReportCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "report",
            abstract: "Make an HTML page of runs and searches: curves, times, settings, hosts, faults.",
            discussion: """
                The page needs no other file and no network. Several runs are compared: their curves share axes, and the \
                settings that differ stand side by side.

                  \(Program.name) report runs/NAME
                  \(Program.name) report runs/* --output comparison.html
                  \(Program.name) report searches/NAME
                """)
    }

    @Argument(
        help: ArgumentHelp("Run directories, or directories of searches.", valueName: "run"), completion: .directory)
    var paths: [String]

    @Option(
        help: ArgumentHelp(
            "The file to write; default: report.html in the directory of the one run, or in this directory.",
            valueName: "file"), completion: .file())
    var output: String?

    func run() {
        LockstepProcess.run { communicator, _ in
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                let path =
                    output ?? (paths.count == 1 ? RunDirectory.trimmed(paths[0]) + "/report.html" : "report.html")
                let (searches, runs) = (
                    paths.filter(SearchResults.exist), paths.filter { !SearchResults.exist(at: $0) }
                )
                let source = ReportSource(catalog: Program.catalog)
                let report = ReportPage(
                    runs: try runs.map { try source.run(at: $0) },
                    searches: try searches.map { try source.search(at: $0) })
                try ResultFile.write(report.html, to: path)
                Terminal.show("report in \(path)")
            }
            return 0
        }
    }
}

/// Reads what a report shows.
struct ReportSource {
    let catalog: RecipeCatalog

    /// The trials of a search whose curves are drawn: the best.
    private static let mostCurves = 60

    /// The run in the directory at `path`.
    func run(at path: String) throws -> ReportedRun {
        let history = try RunHistory(path: path)
        var (settings, chosen): ([(key: String, value: String)], Set<String>) = ([], [])
        do {
            (settings, chosen) = try readSettings(of: history.directory)
        } catch {
            RunWarning.print("the settings of \(path) are left out: \(errorLine(error))")
        }
        return ReportedRun(
            name: history.directory.path.pathParts.name, history: history, settings: settings, chosen: chosen,
            confusion: try ConfusionMatrix.read(history.directory),
            calibration: try CalibrationReport.read(history.directory),
            posterior: try PosteriorDraws.read(in: history.directory.path + "/posterior"))
    }

    /// The settings in `settings.yaml`, and the names of those that are not their recipe's.
    private func readSettings(of directory: RunDirectory) throws -> ([(key: String, value: String)], Set<String>) {
        guard FileContents.exists(directory.settingsPath) else { return ([], []) }
        let file = try SettingsFile(path: directory.settingsPath, catalog.settings)
        var (own, usual) = (Settings(catalog.settings), Settings(catalog.settings))
        try own.apply([SettingOverride(key: "recipe", value: file.recipe, source: "")] + file.overrides)
        let rows = own.keys.map { (key: $0.name, value: $0.text(in: own)) }
        // a run of another program may have a recipe that this one has not
        guard let recipe = try? catalog.recipe(named: file.recipe) else { return (rows, []) }
        try usual.apply(
            [("recipe", file.recipe)] + (try recipe.settings(model: recipe.models.isEmpty ? nil : own.model.name)),
            source: "recipe \(recipe.name)")
        return (rows, Set(own.keys.filter { $0.text(in: own) != $0.text(in: usual) }.map(\.name)))
    }

    /// The search in the directory at `path`.
    func search(at path: String) throws -> ReportedSearch {
        let results = try SearchResults(path: path)
        let trials = results.trials.enumerated().map { index, result in
            var trial = ReportedSearch.Trial(
                number: result.number, status: result.status.rawValue, reason: result.reason, values: result.values,
                objective: results.value(of: result), scores: result.final ?? [:])
            if index < Self.mostCurves, result.status == .complete {
                // a trial's directory may have been removed to save room
                trial.evaluations = (try? RunHistory(path: results.runDirectory(of: result)))?.evaluations ?? []
            }
            return trial
        }
        var search = ReportedSearch(
            name: RunDirectory.trimmed(path).pathParts.name, keys: results.keys, metric: results.objective.metric,
            objective: results.objectiveName, trials: trials)
        if let best = results.trials.first, best.status == .complete {
            search.lineage = results.lineage.ancestors(of: best).map {
                .init(
                    step: $0.steps ?? 0, trial: $0.number, source: $0.source, values: $0.values,
                    objective: results.value(of: $0))
            }
        }
        return search
    }
}
