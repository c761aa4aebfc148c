package import Communication

/// Finds ranks of a host that make no progress, from what they say of themselves once in a while.
package struct StallDetector {
    /// What a look at the ranks has found.
    package enum Finding: Equatable {
        case nothing
        /// A rank is late; found once for each stall.
        case stalled(Stall)
        /// The stalled ranks have gone on, after so many seconds.
        case resumed(seconds: Double)
        /// A rank is so late that the job is to end.
        case overdue(Stall)
    }

    /// A rank that is late.
    package struct Stall: Equatable {
        /// Since when it has made no progress.
        package var seconds: Double
        /// Its step.
        package var step: Int
        /// The median time of a step so far; nil before the first.
        package var stepSeconds: Double?
        /// Seconds without progress after which the job ends; nil: never.
        package var endSeconds: Double?

        package init(seconds: Double, step: Int, stepSeconds: Double? = nil, endSeconds: Double? = nil) {
            (self.seconds, self.step) = (seconds, step)
            (self.stepSeconds, self.endSeconds) = (stepSeconds, endSeconds)
        }
    }

    private let settings: WatchSettings
    /// Looks further apart than this mean that this process itself was stopped.
    private let longestGap: Double
    /// Seconds per step, as seen in the last looks.
    private var paces: [Double] = []
    private var advance: (step: Int, time: UInt64)?
    private var lastLook: UInt64
    /// Time before this does not count: the process was stopped until then.
    private var baseline: UInt64 = 0
    /// The seconds without progress at the last look of a stall; nil where there is none.
    private var stalledSeconds: Double?

    private static let mostPaces = 31

    /// - Parameters:
    ///   - period: seconds between looks.
    ///   - begin: the time, by the clock of the rows.
    package init(_ settings: WatchSettings, period: Double, begin: UInt64) {
        (self.settings, longestGap, lastLook) = (settings, 3 * period + 2, begin)
    }

    /// The median time of a step so far.
    var stepSeconds: Double? { paces.isEmpty ? nil : paces.sorted()[paces.count / 2] }

    /// Looks at the ranks at `now`, in nanoseconds of the clock of the rows.
    package mutating func look(_ rows: [RankRow], now: UInt64) -> Finding {
        if seconds(from: lastLook, to: now) > longestGap { baseline = now }
        lastLook = now
        let rows = rows.filter { $0.phase != .ended }
        measure(rows, now)
        let ages = rows.map { (row: $0, seconds: seconds(from: max($0.lastChange, baseline), to: now)) }
        let late = ages.filter { age in warnSeconds(age.row.phase).map { age.seconds > $0 } ?? false }
        guard let worst = (late.isEmpty ? ages : late).max(by: { $0.seconds < $1.seconds }) else { return .nothing }
        let stall = Stall(
            seconds: worst.seconds, step: worst.row.step, stepSeconds: stepSeconds, endSeconds: endSeconds)
        if let endSeconds, worst.seconds > endSeconds { return .overdue(stall) }
        defer { stalledSeconds = late.isEmpty ? nil : worst.seconds }
        if let stalledSeconds { return late.isEmpty ? .resumed(seconds: stalledSeconds) : .nothing }
        return late.isEmpty ? .nothing : .stalled(stall)
    }

    private mutating func measure(_ rows: [RankRow], _ now: UInt64) {
        guard let step = rows.map(\.step).max(), step > 0 else { return }
        guard let before = advance, step > before.step else {
            if advance == nil { advance = (step, now) }
            return
        }
        paces.append(seconds(from: max(before.time, baseline), to: now) / Double(step - before.step))
        if paces.count > Self.mostPaces { paces.removeFirst() }
        advance = (step, now)
    }

    private func warnSeconds(_ phase: RankPhase) -> Double? {
        if let asked = settings.warnSeconds { return asked > 0 ? asked : nil }
        let usual = 20 * (stepSeconds ?? 0)
        switch phase {
        case .loading, .forward, .backward, .exchange, .optimizer, .other:
            return stepSeconds == nil ? 60 : max(10, usual)
        case .preparing, .evaluation, .saving, .ended: return max(60, usual)
        }
    }

    private var endSeconds: Double? {
        let end = settings.endSeconds ?? max(600, 100 * (stepSeconds ?? 0))
        return end > 0 ? max(end, settings.warnSeconds ?? 0) : nil
    }

    private func seconds(from begin: UInt64, to end: UInt64) -> Double {
        end > begin ? Double(end - begin) / 1e9 : 0
    }
}
