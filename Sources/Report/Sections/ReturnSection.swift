import Messages
import RunRecords

/// Returns of episodes over the steps of environments, fitness over generations, and regret over rounds.
struct ReturnSection {
    let runs: [ReportedRun]

    var html: String { returns + fitness + regret }

    private func color(_ run: Int) -> Int { runs.count > 1 ? run : 0 }

    private func label(_ run: Int, _ part: String) -> String { runs.count > 1 ? "\(runs[run].name), \(part)" : part }

    private func steps(_ run: Int, _ name: String) -> [(report: StepReport, value: Double)] {
        runs[run].history.steps.compactMap { report in
            report.metrics[name].flatMap { $0.isFinite ? (report, $0) : nil }
        }
    }

    private func has(_ name: String) -> [Int] { runs.indices.filter { !steps($0, name).isEmpty } }

    private static func key(_ classes: String, _ text: String) -> String {
        "<span><i class=\"key \(classes)\"></i>\(HTML.escape(text))</span>"
    }

    /// A chart with its legend; of several runs the runs have the colors, and the parts the kinds of lines.
    private func figure(_ chart: LineChart, of shown: [Int], _ keys: String) -> String {
        guard let svg = chart.svg else { return "" }
        let names = Set(shown.map { runs[$0].name })
        return "<figure>" + RunLegend.html(runs) { names.contains($0.name) }
            + (keys.isEmpty ? "" : "<div class=\"legend\">\(keys)</div>") + "\(svg)</figure>\n"
    }

    private func section(_ title: String, _ figures: String, _ note: String) -> String {
        figures.isEmpty
            ? "" : HTML.section(title, "<div class=\"charts few\">\n\(figures)</div>\n" + HTML.note(note))
    }

    // MARK: - Returns

    /// What returns are over.
    private enum Axis: String { case environmentSteps = "environment steps", generation, step }

    private func axis(_ run: Int) -> Axis {
        !steps(run, "environment_steps").isEmpty
            ? .environmentSteps : !steps(run, "generation_best").isEmpty ? .generation : .step
    }

    private var returns: String {
        let shown = runs.indices.filter { run in
            !steps(run, "episode_return").isEmpty
                || runs[run].history.evaluations.contains { $0.metrics?["episode_return"] != nil }
        }
        let axes = shown.reduce(into: [Axis]()) { if !$0.contains(axis($1)) { $0.append(axis($1)) } }
        let figures = axes.map { axis in returns(of: shown.filter { self.axis($0) == axis }, over: axis) }
        return section(
            "Returns", figures.joined(),
            "Evaluations play other episodes than the training, without exploration.")
    }

    private func returns(of shown: [Int], over axis: Axis) -> String {
        var (curves, bands): ([LineChart.Curve], [LineChart.Band]) = ([], [])
        for run in shown {
            let clock = StepClock(axis == .environmentSteps ? steps(run, "environment_steps") : [])
            func points(_ values: [(step: Int, value: Double)]) -> CurvePoints {
                CurvePoints(points: values.map { (clock.position(of: $0.step), $0.value) })
            }
            let training = points(steps(run, "episode_return").map { ($0.report.step, $0.value) })
            if !training.points.isEmpty {
                curves.append(
                    .init(
                        label: label(run, "training"), color: runs.count > 1 ? run : 1, style: .second,
                        points: training))
            }
            let tests = runs[run].history.evaluations.compactMap { report in
                report.metrics?["episode_return"].flatMap { $0.isFinite ? (report, $0) : nil }
            }
            curves.append(
                .init(
                    label: label(run, "evaluation"), color: color(run), style: .main,
                    points: points(tests.map { ($0.0.step, $0.1) })))
            let spread = tests.compactMap { report, mean -> (x: Double, low: Double, high: Double)? in
                guard let deviation = report.metrics?["return_deviation"], deviation.isFinite else { return nil }
                return (clock.position(of: report.step), mean - deviation, mean + deviation)
            }
            if !spread.isEmpty { bands.append(.init(color: color(run), points: spread)) }
        }
        let isMixed = runs.count > 1
        let keys =
            Self.key(isMixed ? "solid" : "c0", "evaluation, mean of its episodes")
            + (bands.isEmpty ? "" : Self.key(isMixed ? "area" : "area c0", "± standard deviation"))
            + (curves.contains { $0.style == .second }
                ? Self.key(isMixed ? "dash" : "dash c1", "training, about the last 100 episodes") : "")
        return figure(
            LineChart(
                x: axis.rawValue, y: "return of an episode", isPercent: false, isLinear: true, curves: curves,
                bands: bands), of: shown, keys)
    }

    // MARK: - Fitness

    private var fitness: String {
        let shown = has("generation_best")
        let best = shown.flatMap { steps($0, "best_fitness").map(\.value) }
        // functions are minimized: what shows their progress is the logarithm of the value
        let isCost = !best.isEmpty && AxisScale.wantsLogarithm(best.map { -$0 })
        let sign = isCost ? -1.0 : 1
        var curves: [LineChart.Curve] = []
        for run in shown {
            func add(_ part: String, _ color: Int, _ style: LineChart.Style, _ values: [(Int, Double)]) {
                let points = values.filter { $0.1.isFinite && (!isCost || $0.1 < 0) }
                    .map { (Double($0.0), sign * $0.1) }
                curves.append(
                    .init(
                        label: label(run, part), color: runs.count > 1 ? run : color, style: style,
                        points: CurvePoints(points: points)))
            }
            // the loss is minus the mean fitness
            add("mean of the generation", 1, .second, runs[run].history.steps.map { ($0.step, -$0.loss) })
            add(
                "best of the generation", 2, .trace,
                steps(run, "generation_best").map { ($0.report.step, $0.value) })
            add("best so far", 0, .main, steps(run, "best_fitness").map { ($0.report.step, $0.value) })
        }
        let keys =
            runs.count > 1
            ? Self.key("solid", "best so far") + Self.key("dash", "mean of the generation")
                + Self.key("solid thin", "best of the generation")
            : Self.key("c0", "best so far") + Self.key("dash c1", "mean of the generation")
                + Self.key("thin c2", "best of the generation")
        return section(
            "Fitness",
            figure(
                LineChart(
                    x: "generation", y: isCost ? "minus fitness" : "fitness", isPercent: false, isLinear: !isCost,
                    curves: curves), of: shown, keys), "")
    }

    // MARK: - Regret

    private var regret: String {
        let shown = has("cumulative_regret")
        var (curves, hasLeastSquares) = ([LineChart.Curve](), false)
        for run in shown {
            guard let last = runs[run].history.steps.last, last.step > 0 else { continue }
            let batch = Double(last.samples) / Double(last.step)
            func points(_ name: String) -> CurvePoints {
                // what is recorded of a step was so before it; of the last step evaluations tell what was so after it,
                // and of least squares they alone tell
                var found = steps(run, name).map { ((Double($0.report.step) - 1) * batch, $0.value) }
                if let report = runs[run].history.evaluations.last, let value = report.metrics?[name], value.isFinite,
                    Double(report.step) * batch > found.last?.0 ?? 0
                {
                    found.append((Double(report.step) * batch, value))
                }
                if found.first?.0 ?? 0 > 0 { found.insert((0, 0), at: 0) }
                return CurvePoints(points: found)
            }
            curves.append(
                .init(label: runs[run].name, color: color(run), style: .main, points: points("cumulative_regret")))
            let linear = points("least_squares_regret")
            guard !linear.points.isEmpty else { continue }
            hasLeastSquares = true
            curves.append(
                .init(
                    label: label(run, "least squares over all rows"), color: runs.count > 1 ? run : 1, style: .second,
                    points: linear))
        }
        let keys =
            (runs.count > 1 && !hasLeastSquares
                ? "" : Self.key(runs.count > 1 ? "solid" : "c0", "regret of the arms that were chosen"))
            + (hasLeastSquares ? Self.key(runs.count > 1 ? "dash" : "dash c1", "of least squares over all rows") : "")
        return section(
            "Regret",
            figure(
                LineChart(x: "round", y: "cumulative regret", isPercent: false, isLinear: true, curves: curves),
                of: shown, keys),
            curves.isEmpty
                ? "" : "The regret of a round is what the best arm pays in the mean, less what the chosen one does.")
    }
}

/// Positions of optimizer steps on another axis, as records tell: linear between them.
private struct StepClock {
    private let known: [(step: Double, position: Double)]

    /// The steps themselves where nothing is recorded.
    init(_ records: [(report: StepReport, value: Double)]) {
        known = records.map { (Double($0.report.step), $0.value) }
    }

    func position(of step: Int) -> Double {
        let step = Double(step)
        guard let first = known.first, let last = known.last else { return step }
        if step <= first.step { return first.step > 0 ? first.position * step / first.step : first.position }
        if step >= last.step { return last.position * step / last.step }
        var (low, high) = (0, known.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if known[middle].step <= step { low = middle } else { high = middle }
        }
        let share = (step - known[low].step) / max(1, known[high].step - known[low].step)
        return known[low].position + share * (known[high].position - known[low].position)
    }
}
