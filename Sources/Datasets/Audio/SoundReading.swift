import Messages

/// The features of all recordings of a request, as they are read.
struct SoundReading {
    /// The parameters of the features.
    let format: MelSpectrogram.Format
    /// The features of all recordings, one after the other, and where each begins.
    let features: HostArray<Float>
    let starts: HostArray<Int>
    /// Notes, one line each.
    let lines: [String]

    /// Features that were read.
    init(format: MelSpectrogram.Format, features: HostArray<Float>, starts: HostArray<Int>, lines: [String]) {
        (self.format, self.features, self.starts, self.lines) = (format, features, starts, lines)
    }

    /// Reads the files.
    init(
        _ files: SoundLabels, _ split: (training: [Int], test: [Int]), _ request: SoundRequest,
        progress: (_ done: Int, _ of: Int) -> Void
    ) throws(DatasetError) {
        let (builder, begins, limit) = (HostArrayBuilder<Float>(), HostArrayBuilder<Int>(), ContentLimit())
        var (spectrogram, averaged): (MelSpectrogram?, Int) = (request.schema.map { MelSpectrogram($0.format) }, 0)
        var (rateOf, isUsed) = ("", [Bool](repeating: false, count: files.count))
        for file in split.training + split.test { isUsed[file] = true }
        try begins.append(0)
        for file in 0..<files.count {
            // of a part that is not used nothing is read
            if isUsed[file] {
                let path = files.path(file)
                let sound = try SoundFile(path: path)
                averaged += sound.channels > 1 ? 1 : 0
                if spectrogram == nil { (spectrogram, rateOf) = (try Self.spectrogram(sound, path, request), path) }
                guard let spectrogram else { continue }
                try Self.check(sound, path, spectrogram.format.rate, of: rateOf)
                let features = spectrogram(sound.samples)
                try limit.check((builder.count + features.count) * 4, of: request.path)
                try builder.append(contentsOf: features)
            }
            try begins.append(builder.count)
            progress(file + 1, files.count)
        }
        guard let spectrogram else {
            throw .unusable(path: request.path, found: "no recordings", expected: "at least one")
        }
        format = spectrogram.format
        (features, starts) = (builder.finish(), begins.finish())
        lines = averaged == 0 ? [] : ["\(Readable.count(averaged, of: "recording")) of several channels: averaged"]
    }

    /// The features of recordings of the rate of the first one.
    private static func spectrogram(
        _ sound: SoundFile, _ path: String, _ request: SoundRequest
    ) throws(DatasetError) -> MelSpectrogram {
        guard SoundSchema.rates.contains(sound.rate) else {
            throw .unusable(path: path, found: "\(sound.rate) Hz", expected: "at most \(SoundSchema.rates.upperBound)")
        }
        func samples(_ milliseconds: Double) -> Int {
            max(1, Int((Double(sound.rate) * milliseconds / 1000).rounded()))
        }
        let format = MelSpectrogram.Format(
            rate: sound.rate, window: samples(request.windowMilliseconds), hop: samples(request.hopMilliseconds),
            bands: request.bands)
        let bank = MelFilterBank(rate: format.rate, transformSize: format.transformSize, bands: format.bands)
        guard bank.emptyCount == 0 else {
            throw .unusable(
                path: path,
                found:
                    "\(sound.rate) Hz, at which \(bank.emptyCount) of \(format.bands) mel bands are narrower than a bin of the spectrum",
                expected: "fewer bands (audio.bands), or longer windows (audio.window)")
        }
        return MelSpectrogram(format)
    }

    /// Throws if a recording has another sampling rate.
    static func check(_ sound: SoundFile, _ path: String, _ rate: Int, of other: String) throws(DatasetError) {
        guard sound.rate != rate else { return }
        throw .unusable(
            path: path, found: "\(sound.rate) Hz",
            expected:
                "\(rate) Hz, as \(other.isEmpty ? "the model has learned from" : "\(other) has"); convert it (sox OLD -r \(rate) NEW)"
        )
    }

    /// What is learned of the training recordings.
    func schema(
        _ classes: [String], _ training: [Int], _ request: SoundRequest
    ) throws(DatasetError) -> SoundSchema {
        let bands = format.bands
        var moments = [Moments](repeating: Moments(), count: bands)
        var lengths: [Int] = []
        features.withUnsafeBufferPointer { features in
            for file in training {
                let range = starts[file]..<starts[file + 1]
                lengths.append(range.count / bands)
                for index in range { moments[(index - range.lowerBound) % bands].add(Double(features[index])) }
            }
        }
        lengths.sort()
        // long enough for 95 % of them, and at most 10 seconds
        let usual = lengths[min(lengths.count - 1, lengths.count * 95 / 100)]
        let perSecond = Double(format.rate) / Double(format.hop)
        let frames = request.seconds.map { ($0 * perSecond).rounded() + 1 } ?? min(Double(usual), 10 * perSecond + 1)
        guard frames <= Double(SoundSchema.mostFrames) else {
            throw .unusable(
                path: request.path, found: "clips of \(Int(frames)) frames",
                expected: "at most \(SoundSchema.mostFrames) (audio.seconds, audio.hop)")
        }
        return SoundSchema(
            format: format, frames: max(1, Int(frames)), mean: moments.map { Float($0.mean) },
            // a band that never changes: silence alone
            deviation: moments.map { max(1e-3, Float(($0.squares / max(1, $0.weight)).squareRoot())) },
            classes: classes)
    }
}
