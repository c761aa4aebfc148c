public import Foundation

extension RunDirectory {
    /// Makes `parent/recipe-yyyyMMdd-HHmmss` for a run that starts at `date` (local time), with `-2`, `-3`, … when taken.
    public static func createNew(
        recipe: String, in parent: String = "runs", at date: Date = Date()
    ) throws(RunLogError) -> RunDirectory {
        let parent = RunDirectory(path: parent).path
        try makeDirectories(parent)
        let name = "\(parent)/\(fileName(recipe))-\(timestamp(date))"
        var path = name
        var attempt = 1
        // making it is what claims it, should two runs start in the same second
        while mkdir(path, 0o755) != 0 {
            guard errno == EEXIST else { throw .last("create", path) }
            attempt += 1
            path = "\(name)-\(attempt)"
        }
        return try create(at: path)
    }

    /// The newest run below `parent` by the time in its name; of `recipe` only, if one is given.
    public static func latest(in parent: String = "runs", recipe: String? = nil) throws(RunLogError) -> RunDirectory {
        let parent = RunDirectory(path: parent).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        let runs = names.compactMap(RunName.init).filter { run in
            (recipe.map(fileName) ?? run.recipe) == run.recipe
                && RunDirectory(path: "\(parent)/\(run.name)").traceOfRun != nil
        }
        guard let newest = runs.max(by: { ($0.time, $0.attempt) < ($1.time, $1.attempt) }) else {
            throw .noRuns(parent: parent, recipe: recipe)
        }
        return try existing(at: "\(parent)/\(newest.name)")
    }

    /// `recipe` with everything that does not belong in the name of a file replaced.
    private static func fileName(_ recipe: String) -> String {
        String(recipe.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
    }

    private static func timestamp(_ date: Date) -> String {
        let parts = Calendar(identifier: .gregorian)
            .dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let day = String(format: "%04d%02d%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
        return day + String(format: "-%02d%02d%02d", parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
    }
}

/// The parts of a name such as `mnist-20260131-120000-2`.
private struct RunName {
    let name: String
    let recipe: String
    /// Date and time as they stand, which sort as text.
    let time: String
    let attempt: Int

    init?(_ name: String) {
        // a recipe's name may itself end in digits: the time is what stands last
        guard let match = name.wholeMatch(of: /(.+)-(\d{8}-\d{6})(?:-(\d{1,9}))?/) else { return nil }
        self.name = name
        recipe = String(match.1)
        time = String(match.2)
        attempt = match.3.flatMap { Int($0) } ?? 1
    }
}
