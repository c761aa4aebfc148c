import Foundation
import TensorEngine

/// How fast the kernels are on this core, against what the core and its memory can do.
public struct KernelBenchmark: Codable, Sendable, Equatable {
    /// One kernel at one shape.
    public struct Row: Codable, Sendable, Equatable {
        /// Such as `matrix product x·W`.
        public let kernel: String
        /// What it was run on.
        public let shape: String
        /// The least of the times, in milliseconds.
        public let milliseconds: Double
        /// 10⁹ floating-point operations per second, where these are what counts.
        public let gigaflops: Double?
        /// 10⁹ bytes per second, each byte that is read or written counted once.
        public let gigabytesPerSecond: Double
        /// The speed as a part of the machine's: of its operations, or else of its memory's copy.
        public let shareOfPeak: Double
    }

    /// What the machine can do.
    public let peak: MachinePeak
    /// The kernels.
    public let rows: [Row]

    /// Measures all kernels whose name contains `filter`, each for about `seconds`; calls `each` as they are done.
    /// *Local.*
    public static func run(
        filter: String = "", seconds: Double = 0.2, each: (Row) -> Void = { _ in }
    ) -> KernelBenchmark {
        let peak = MachinePeak.measured()
        var rows: [Row] = []
        for kind in KernelCases.kinds {
            for item in kind() where filter.isEmpty || item.kernel.localizedCaseInsensitiveContains(filter) {
                let row = Row(item, time: time(item, seconds: seconds).least, peak: peak)
                rows.append(row)
                each(row)
            }
        }
        return KernelBenchmark(peak: peak, rows: rows)
    }

    private static func time(_ item: KernelCase, seconds: Double) -> Timing {
        guard let measured = item.measured else { return Timing.least(seconds: seconds, item.run) }
        return Timing.measured(seconds: seconds, measured)
    }
}

extension KernelBenchmark.Row {
    init(_ item: KernelCase, time: Double, peak: MachinePeak) {
        let speed = item.bytes / time * 1e-6
        self.init(
            kernel: item.kernel, shape: item.shape, milliseconds: time,
            gigaflops: item.operations.map { $0 / time * 1e-6 }, gigabytesPerSecond: speed,
            shareOfPeak: item.operations.map { $0 / time * 1e-6 / peak.gigaflops }
                ?? speed / peak.memoryGigabytesPerSecond)
    }

    /// The row as a line of a table, under `KernelBenchmark.heading`.
    public var line: String {
        let name = (kernel.padding(toLength: 30, withPad: " ", startingAt: 0) + " " + shape)
            .padding(toLength: 76, withPad: " ", startingAt: 0)
        let speed = gigaflops.map { String(format: "%9.1f", $0) } ?? "         "
        return name
            + String(format: "%10.3f", milliseconds) + speed + String(format: "%9.1f", gigabytesPerSecond)
            + String(format: "%7.0f %%", 100 * shareOfPeak) + (gigaflops == nil ? " of memory" : "")
    }
}

extension KernelBenchmark {
    /// The header of the table.
    public static var heading: String {
        "kernel                         shape".padding(toLength: 76, withPad: " ", startingAt: 0)
            + "        ms  GFLOP/s     GB/s   share of peak"
    }

    /// What the machine can do, in one line.
    public var peakLine: String {
        String(
            format:
                "peak of one core: %.0f GFLOP/s; copying reads and writes %.0f GB/s within the cache, %.1f GB/s in memory",
            peak.gigaflops, peak.cacheGigabytesPerSecond, peak.memoryGigabytesPerSecond)
    }

    /// The figures as one JSON object, with sorted keys.
    public var json: String { (try? JSONText.encode(self)) ?? "{}" }
}
