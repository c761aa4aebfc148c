/// Which color is which run's.
enum RunLegend {
    /// The legend; nothing for one run.
    static func html(_ runs: [ReportedRun], where isShown: (ReportedRun) -> Bool = { _ in true }) -> String {
        guard runs.count > 1 else { return "" }
        let items = runs.enumerated().filter { isShown($0.element) }.map { index, run in
            "<span><i class=\"key c\(index % LineChart.colors)\(index >= LineChart.colors ? " again" : "")\"></i>\(HTML.escape(run.name))</span>"
        }
        return "<div class=\"legend runs\">\(items.joined())</div>\n"
    }
}
