import Datasets
import RunRecords

extension ProgressReporter {
    /// Shows how far the loading of data is; nil: that it begins.
    func loading(_ progress: HostLoader.Progress?) {
        let name = progress.map { $0.what.pathParts.name } ?? ""
        self.progress(
            name.isEmpty ? "loading the data" : "loading \(name)", done: progress?.done ?? 0, of: progress?.total ?? 0)
    }
}
