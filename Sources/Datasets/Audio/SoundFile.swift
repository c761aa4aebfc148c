import CSndfile
import Glibc
import Machine
import Messages

/// The sound in a file: WAV, FLAC, and what else libsndfile reads, such as AIFF, OGG and MP3; channels are averaged.
public struct SoundFile: Sendable {
    /// Samples per second.
    public let rate: Int
    /// The number of channels in the file.
    public let channels: Int
    /// The mean of the channels, each from -1 to 1 but for files of floating-point numbers.
    public let samples: [Float]

    /// Reads the file at `path`. *Local.*
    ///
    /// Throws if it is damaged, shorter than it says, or has no samples or ones that are not finite.
    public init(path: String) throws(DatasetError) { try self.init(path: path, limit: ContentLimit()) }

    init(path: String, limit: ContentLimit) throws(DatasetError) {
        guard let opened = FileDescriptor(owning: open(path, O_RDONLY | O_CLOEXEC)) else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        var status = stat()
        guard fstat(opened.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unusable(path: path, found: "no file", expected: "a sound file")
        }
        guard status.st_size > 0 else { throw Self.unusable(path, "no bytes") }
        var info = SF_INFO()
        guard let own = opened.duplicate() else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        // libsndfile closes a descriptor that it cannot read, also where it is told not to
        guard let file = sf_open_fd(own.release(), Int32(SFM_READ), &info, Int32(SF_TRUE)) else {
            throw Self.unusable(path, Self.reason(nil))
        }
        defer { sf_close(file) }
        let (rate, channels) = (Int(info.samplerate), Int(info.channels))
        guard rate > 0, channels > 0 else { throw Self.unusable(path, "\(channels) channels at \(rate) Hz") }
        if let missing = try WaveExtent.missingBytes(opened, size: Int(status.st_size)) {
            throw Self.unusable(path, "the end of the file, \(Readable.count(missing, of: "byte")) of sound too early")
        }
        // of streams without a length the largest number
        let expected = info.frames > 0 && info.frames < Int64(1) << 48 ? Int(info.frames) : nil
        if let expected { try limit.check(expected.multipliedReportingOverflow(by: 4).partialValue, of: path) }
        samples = try Self.samples(file, channels, path, limit)
        if let expected, samples.count < expected {
            throw Self.unusable(
                path, "\(samples.count) of \(expected) samples, then \(Self.reason(file))")
        }
        guard !samples.isEmpty else { throw Self.unusable(path, "no samples") }
        (self.rate, self.channels) = (rate, channels)
    }

    /// The mean of the channels at each time.
    private static func samples(
        _ file: OpaquePointer, _ channels: Int, _ path: String, _ limit: ContentLimit
    ) throws(DatasetError) -> [Float] {
        var samples: [Float] = []
        let frames = max(1, (1 << 16) / channels)
        var block = [Float](repeating: 0, count: frames * channels)
        while true {
            let count = Int(sf_readf_float(file, &block, sf_count_t(frames)))
            guard count > 0 else { break }
            try limit.check((samples.count + count) * 4, of: path)
            for frame in 0..<count {
                var sum: Float = 0
                for channel in 0..<channels { sum += block[frame * channels + channel] }
                let mean = sum / Float(channels)
                guard mean.isFinite else {
                    throw unusable(path, "\(mean) at sample \(samples.count)")
                }
                samples.append(mean)
            }
            if count < frames { break }
        }
        return samples
    }

    /// What libsndfile says of its last error.
    private static func reason(_ file: OpaquePointer?) -> String {
        let text = sf_strerror(file).map { String(cString: $0) } ?? "an unknown error"
        return sf_error(file) == 0 ? "the end" : "the error \(text.excerpt)"
    }

    private static func unusable(_ path: String, _ found: String) -> DatasetError {
        .unusable(path: path, found: found, expected: "a whole sound file, such as WAV or FLAC")
    }
}
