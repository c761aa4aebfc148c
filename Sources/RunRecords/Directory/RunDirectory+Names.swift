public import Foundation
import Machine
import Messages

extension RunDirectory {
    /// Makes `parent/recipe-NUMBER-yyyyMMdd-HHmmssZ` for a run that starts at `date`, in UTC.
    ///
    /// The number is one above those of all runs there: it, not the time, says which run is newer. Those who make
    /// runs in the same folder take turns by a lock on it, as far as the file system knows locks.
    public static func createNew(
        recipe: String, in parent: String = "runs", at date: Date = Date()
    ) throws(RunLogError) -> RunDirectory {
        let parent = RunDirectory(path: parent).path
        try makeDirectories(parent)
        let folder = FileDescriptor(owning: open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        if let folder { flock(folder.number, LOCK_EX) }
        defer { if let folder { flock(folder.number, LOCK_UN) } }
        var number = 1 + (names(in: parent).compactMap(\.number).max() ?? 0)
        while true {
            let digits = String(number).zeroPadded(to: 4)
            let path = "\(parent)/\(fileName(recipe))-\(digits)-\(timestamp(date))"
            // making it is what claims it
            if mkdir(path, 0o777) == 0 { return try create(at: path) }
            guard errno == EEXIST else { throw .last("create", path) }
            number += 1
        }
    }

    /// The run below `parent` that is meant when none is named: the only incomplete one, or, if all
    /// have, the one with the highest number. An error when several could be meant.
    /// - Parameter recipe: only runs of this recipe count; nil: all.
    public static func toResume(in parent: String = "runs", recipe: String? = nil) throws(RunLogError) -> RunDirectory {
        let parent = RunDirectory(path: parent).path
        func directory(_ run: RunName) -> RunDirectory { RunDirectory(path: "\(parent)/\(run.name)") }
        let runs = names(in: parent).filter { run in
            (recipe.map(fileName) ?? run.recipe) == run.recipe && directory(run).traceOfRun != nil
        }
        guard !runs.isEmpty else { throw .noRuns(parent: parent, recipe: recipe) }
        let unfinished = runs.filter { !directory($0).isFinished }
        let free = unfinished.filter { !directory($0).isInUse }
        var candidates = free.isEmpty ? unfinished : free
        if candidates.isEmpty {
            let newest = runs.map { $0.number ?? 0 }.max()
            candidates = runs.filter { $0.number ?? 0 == newest }
        }
        guard candidates.count == 1 else {
            throw .severalRuns(parent: parent, recipe: recipe, names: candidates.map(\.name).sorted())
        }
        return try existing(at: directory(candidates[0]).path)
    }

    private static func names(in parent: String) -> [RunName] {
        ((try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []).compactMap(RunName.init)
    }

    /// `recipe` with everything that does not belong in the name of a file replaced.
    private static func fileName(_ recipe: String) -> String {
        String(recipe.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
    }

    /// `yyyyMMdd-HHmmssZ`, in UTC.
    private static func timestamp(_ date: Date) -> String {
        var (seconds, parts) = (time_t(date.timeIntervalSince1970.rounded(.down)), tm())
        gmtime_r(&seconds, &parts)
        let day = String(format: "%04d%02d%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
        return day + String(format: "-%02d%02d%02dZ", parts.tm_hour, parts.tm_min, parts.tm_sec)
    }

    /// Whether the run is complete: the last line of its metrics is a summary.
    private var isFinished: Bool {
        guard let file = FileDescriptor(owning: open(metricsPath, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) else {
            return false
        }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        // far longer than a summary
        var tail = [UInt8](repeating: 0, count: Int(min(1 << 20, status.st_size)))
        guard pread(file.number, &tail, tail.count, status.st_size - off_t(tail.count)) == tail.count else {
            return false
        }
        let line = String(decoding: tail.split(separator: UInt8(ascii: "\n")).last ?? [], as: UTF8.self)
        if case .summary? = MetricsRecord(line: line) { return true }
        return false
    }

    /// Whether a process is writing into it.
    private var isInUse: Bool {
        guard let file = FileDescriptor(owning: open(path + "/.lock", O_RDONLY | O_NONBLOCK | O_CLOEXEC)) else {
            return false
        }
        guard flock(file.number, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        flock(file.number, LOCK_UN)
        return false
    }
}

/// The parts of a name such as `mnist-0007-20260131-120000Z`.
private struct RunName {
    let name: String
    let recipe: String
    /// Nil in names of earlier versions, such as `mnist-20260131-120000-2`, whose local time defines no order.
    let number: Int?

    init?(_ name: String) {
        // a recipe's name may itself end in digits: the number and the time come last
        if let match = name.wholeMatch(of: /(.+)-(\d{4,15})-\d{8}-\d{6}Z/) {
            (self.name, recipe, number) = (name, String(match.1), Int(match.2))
        } else if let match = name.wholeMatch(of: /(.+)-\d{8}-\d{6}(?:-\d{1,9})?/) {
            (self.name, recipe, number) = (name, String(match.1), nil)
        } else {
            return nil
        }
    }
}
