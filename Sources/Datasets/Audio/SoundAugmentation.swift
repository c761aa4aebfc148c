import Kernels

/// How recordings change at random each time they are trained on; keyed by epoch and sample.
package struct SoundAugmentation: Sendable, Equatable {
    /// Whether recordings begin at random within the clip, and of longer ones a random part is taken.
    package var shifts = false
    /// The most frames, and the most bands, that a mask of each kind sets to the mean. Source: Park and others,
    /// "SpecAugment", 2019.
    package var timeMask = 0
    package var bandMask = 0

    /// None.
    package init() {}

    /// Whether nothing changes.
    package var isOff: Bool { self == SoundAugmentation() }

    /// Sets a run of frames and a run of bands of [frames, bands] to 0.
    func mask(
        _ values: UnsafeMutablePointer<Float>, frames: Int, bands: Int, _ random: inout PhiloxGenerator
    ) {
        func run(_ most: Int, of count: Int) -> Range<Int> {
            let length = random.index(below: min(most, count) + 1)
            let start = random.index(below: count - length + 1)
            return start..<(start + length)
        }
        let (times, masked) = (run(timeMask, of: frames), run(bandMask, of: bands))
        for frame in 0..<frames {
            for band in times.contains(frame) ? 0..<bands : masked { values[frame * bands + band] = 0 }
        }
    }
}
