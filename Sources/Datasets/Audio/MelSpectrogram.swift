import CKernels
import Glibc
import Preconditions

/// Log-mel features of sound: for each short frame the power in bands of the mel scale, in decibels.
///
/// The numbers are those of `librosa.power_to_db(librosa.feature.melspectrogram(y=, sr=, n_fft=, hop_length=, win_length=,
/// n_mels=), top_db=80)`: frames are centered on multiples of the hop, with zeros beyond the ends; a periodic Hann window; the
/// squared magnitude of the Fourier transform; triangular filters on Slaney's mel scale, each of area 1; 80 dB below the
/// loudest band of the recording is the floor.
public struct MelSpectrogram: Sendable {
    /// The parameters of the features.
    public struct Format: Codable, Sendable, Equatable, CustomStringConvertible {
        /// Samples per second.
        public var rate: Int
        /// Samples of a window, and from one to the next.
        public var window, hop: Int
        /// The number of mel bands.
        public var bands: Int

        /// These.
        public init(rate: Int, window: Int, hop: Int, bands: Int) {
            (self.rate, self.window, self.hop, self.bands) = (rate, window, hop, bands)
        }

        /// The size of the Fourier transform: the power of two that holds a window, at least 512.
        public var transformSize: Int {
            var size = 512
            while size < window { size *= 2 }
            return size
        }

        /// For messages: in words.
        public var description: String {
            "\(bands) mel bands, windows of \(window) samples with a hop length of \(hop), at \(rate) Hz"
        }

        /// The frames of a recording of so many samples.
        public func frames(samples: Int) -> Int { 1 + samples / hop }
    }

    /// The parameters.
    public let format: Format
    private let cosines, sines, window, weights: [Double]
    private let first, count: [Int64]
    private static let range: Float = 80

    /// Features of this format, all of whose sizes must be above 0.
    public init(_ format: Format) {
        require(
            format.rate > 0 && format.window > 0 && format.hop > 0 && format.bands > 0,
            "MelSpectrogram: the sizes must be above 0, found \(format)")
        self.format = format
        let size = format.transformSize
        cosines = (0..<(size / 2)).map { cos(2 * .pi * Double($0) / Double(size)) }
        sines = (0..<(size / 2)).map { sin(2 * .pi * Double($0) / Double(size)) }
        // the window lies in the middle of the frame
        let start = (size - format.window) / 2
        window = (0..<size).map { index in
            guard (start..<(start + format.window)).contains(index) else { return 0 }
            return 0.5 - 0.5 * cos(2 * .pi * Double(index - start) / Double(format.window))
        }
        let bank = MelFilterBank(rate: format.rate, transformSize: size, bands: format.bands)
        (first, count) = (bank.filters.map { Int64($0.first) }, bank.filters.map { Int64($0.weights.count) })
        weights = bank.filters.flatMap(\.weights)
    }

    /// The features of `samples`, [frames, bands].
    public func callAsFunction(_ samples: [Float]) -> [Float] {
        let (size, bands, frames) = (format.transformSize, format.bands, format.frames(samples: samples.count))
        // beyond the ends there is silence
        let half = size / 2
        let padded = [Float](repeating: 0, count: half) + samples + [Float](repeating: 0, count: half + 1)
        var work = [Double](repeating: 0, count: 2 * size + half + 1)
        var features = [Float](unsafeUninitializedCapacity: frames * bands) { output, initialized in
            cosines.withUnsafeBufferPointer { cosines in
                sines.withUnsafeBufferPointer { sines in
                    withPlan(size, cosines, sines) { plan in
                        padded.withUnsafeBufferPointer { padded in
                            // valid within the closures
                            guard let source = padded.baseAddress, let target = output.baseAddress else { return }
                            for frame in 0..<frames {
                                lockstep_mel_frame(
                                    plan, source + frame * format.hop, &work, target + frame * bands)
                            }
                        }
                    }
                }
            }
            initialized = frames * bands
        }
        let floor = (features.max() ?? 0) - Self.range
        for index in features.indices where features[index] < floor { features[index] = floor }
        return features
    }

    private func withPlan(
        _ size: Int, _ cosines: UnsafeBufferPointer<Double>, _ sines: UnsafeBufferPointer<Double>,
        _ body: (UnsafePointer<lockstep_mel_plan>) -> Void
    ) {
        window.withUnsafeBufferPointer { window in
            weights.withUnsafeBufferPointer { weights in
                first.withUnsafeBufferPointer { first in
                    count.withUnsafeBufferPointer { count in
                        var plan = lockstep_mel_plan(
                            size: size, cosines: cosines.baseAddress, sines: sines.baseAddress,
                            window: window.baseAddress, bands: format.bands, first: first.baseAddress,
                            count: count.baseAddress, weights: weights.baseAddress)
                        body(&plan)
                    }
                }
            }
        }
    }
}
