import CKernels

/// Mean and deviation of each channel (last axis) of some samples of an array.
struct ChannelScales: Equatable {
    var mean, deviation: [Double]
    /// How many channels are constant but for rounding; their deviation is 0.
    var constants: Int { deviation.count { $0 == 0 } }

    /// Found in two passes in Float64, in the order of the samples.
    ///
    /// What the rounded mean lacks of the mean of the differences is subtracted. Source: Chan, Golub, LeVeque,
    /// "Algorithms for computing the sample variance", 1983, section 2. A channel whose spread is within n·ε·|mean|, n up to
    /// 1024, is a constant.
    init(_ array: NumberArray, of samples: HostArray<UInt32>, channels: Int) {
        let size = array.sampleSize
        let rows = Double(samples.count) * Double(size / max(1, channels))
        var (sums, least) = ([Double](repeating: 0, count: channels), [Double](repeating: .infinity, count: channels))
        var most = [Double](repeating: -.infinity, count: channels)
        var values = [Double](repeating: 0, count: size)
        func forEachSample(_ body: (UnsafePointer<Double>) -> Void) {
            values.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                for sample in samples {
                    array.copy(from: Int(sample) * size, to: buffer)
                    body(base)
                }
            }
        }
        forEachSample { lockstep_channel_ranges($0, channels, &sums, &least, &most, size) }
        mean = (0..<channels).map { min(max(sums[$0] / rows, least[$0]), most[$0]) }
        var (differences, squares) = (
            [Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels)
        )
        let means = mean
        forEachSample { lockstep_channel_squares($0, means, channels, &differences, &squares, size) }
        deviation = (0..<channels).map { channel in
            let bound = min(rows, 1024) * Double.ulpOfOne * max(abs(least[channel]), abs(most[channel]))
            guard most[channel] - least[channel] > max(bound, .leastNormalMagnitude) else { return 0 }
            let variance = (squares[channel] - differences[channel] * differences[channel] / rows) / rows
            // squares of differences below 1e-150 vanish
            return variance > 1e-290 ? variance.squareRoot() : (most[channel] - least[channel]) / 2
        }
    }
}
