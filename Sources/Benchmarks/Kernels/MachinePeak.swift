import CKernels
import Dispatch
import Kernels

/// What one core can compute, and how fast the memory is that it works on.
public struct MachinePeak: Codable, Sendable, Equatable {
    /// Float32 multiply-adds in registers, in 10⁹ operations per second; a multiply-add counts as two.
    public let gigaflops: Double
    /// Bytes that a copy within the core's caches (256 KiB) reads and writes, in 10⁹ per second.
    public let cacheGigabytesPerSecond: Double
    /// Bytes that a copy in memory (64 MiB to 64 MiB) reads and writes, in 10⁹ per second.
    public let memoryGigabytesPerSecond: Double

    /// Measures the core this runs on; takes about a second.
    public static func measured() -> MachinePeak {
        var unused: Float = 0
        let operations = lockstep_multiply_adds(1, &unused)
        let rounds = 2_000_000
        let time = Timing.least(seconds: 0.3) { _ = lockstep_multiply_adds(rounds, &unused) }
        return MachinePeak(
            gigaflops: operations * Double(rounds) / time.least * 1e-6,
            cacheGigabytesPerSecond: copySpeed(bytes: 1 << 18), memoryGigabytesPerSecond: copySpeed(bytes: 1 << 26))
    }

    private static func copySpeed(bytes: Int) -> Double {
        let (from, to) = (Buffer(count: bytes / 4), Buffer(count: bytes / 4))
        from.elements.update(repeating: 1)
        let time = Timing.least(seconds: 0.3) {
            // Both buffers are this function's own.
            to.pointer.update(from: from.pointer, count: bytes / 4)
        }
        return 2 * Double(bytes) / time.least * 1e-6
    }
}

/// How long something takes, in milliseconds.
struct Timing {
    let median, least: Double

    /// Runs `body` for about this long, at least five times after a first one that does not count.
    static func least(seconds: Double, _ body: () -> Void) -> Timing {
        measured(seconds: seconds) {
            let start = DispatchTime.now().uptimeNanoseconds
            body()
            return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-6
        }
    }

    /// The same, of a body that returns its own duration.
    static func measured(seconds: Double, _ body: () -> Double) -> Timing {
        _ = body()
        var times: [Double] = []
        let start = DispatchTime.now().uptimeNanoseconds
        while times.count < 5 || Double(DispatchTime.now().uptimeNanoseconds - start) < seconds * 1e9 {
            times.append(body())
        }
        times.sort()
        return Timing(median: times[times.count / 2], least: times[0])
    }
}
