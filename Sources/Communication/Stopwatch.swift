import Dispatch

/// Measures spans of time.
package struct Stopwatch {
    private var start = DispatchTime.now().uptimeNanoseconds

    /// A watch that starts now.
    package init() {}

    /// Milliseconds since the start or the last lap; begins a new lap.
    package mutating func lap() -> Double {
        let now = DispatchTime.now().uptimeNanoseconds
        defer { start = now }
        return Double(now - start) * 1e-6
    }

    /// Seconds since the start or the last lap.
    package var seconds: Double { Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }
}
