import Kernels
public import TensorEngine

/// Recordings as log-mel features, cut or filled up to one length, each with the number of its class.
public struct SoundClips: Dataset {
    /// Recordings together, as a model takes them.
    public struct Batch: Sendable {
        /// The features [n, frames, bands], with mean 0 and deviation 1 of each band over the training recordings.
        public let features: Tensor
        /// How many frames of each are of the recording, [n]; those after them are silence where recordings begin at 0.
        public let lengths: Indices
        /// The classes, [n]; -1: one that was not learned.
        public let labels: [Int32]
    }

    /// The features of all recordings, one after the other, and where each begins; one more than there are recordings.
    let features: HostArray<Float>
    let starts: HostArray<Int>
    let labels: HostArray<Int32>
    /// The recordings that belong to it.
    let members: HostArray<UInt32>
    private let schema: SoundSchema
    /// Whether a shorter recording begins at the first frame, for networks that take its length; else it is centered.
    package var beginsAtStart = false
    /// How recordings are changed when they are trained on, and the seed of that.
    package var augmentation: (SoundAugmentation, seed: UInt64)?

    init(
        features: HostArray<Float>, starts: HostArray<Int>, labels: HostArray<Int32>, members: HostArray<UInt32>,
        _ schema: SoundSchema
    ) {
        (self.features, self.starts, self.labels, self.members) = (features, starts, labels, members)
        self.schema = schema
    }

    /// The number of recordings.
    public var count: Int { members.count }

    /// The CRC-32 of features and classes.
    public var checksum: UInt32? {
        DataChecksum(of: [features.bytes, starts.bytes, labels.bytes, members.bytes]).value
    }

    /// Throws if recordings of these numbers are damaged in a packed file.
    public func check(_ samples: [Int]) throws {
        for sample in samples where members.indices.contains(sample) {
            let recording = Int(members[sample])
            try features.bytes.check(starts[recording] * 4..<starts[recording + 1] * 4)
        }
    }

    /// The recordings of these numbers; of longer ones the middle.
    public func batch(of samples: [Int]) -> Batch { clips(samples, epoch: nil) }

    /// The recordings of these numbers as they are trained on in an epoch.
    public func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        clips(samples, epoch: augmentation?.0.isOff == false ? epoch : nil)
    }

    private func clips(_ samples: [Int], epoch: Int?) -> Batch {
        let (frames, bands) = (schema.frames, schema.format.bands)
        var lengths: [Int32] = []
        let tensor = Tensor(shape: [samples.count, frames, bands]) { output in
            features.withUnsafeBufferPointer { features in
                guard let target = output.baseAddress else { return }
                for (row, sample) in samples.enumerated() {
                    let recording = Int(members[sample])
                    let source = UnsafeBufferPointer(
                        rebasing: features[starts[recording]..<starts[recording + 1]])
                    let change = epoch.flatMap { epoch in
                        augmentation.map { augmentation, seed in
                            (
                                augmentation,
                                PhiloxGenerator(
                                    seed: seed, purpose: .augmentation,
                                    stream: UInt64(epoch) << 32 | UInt64(UInt32(truncatingIfNeeded: sample)))
                            )
                        }
                    }
                    lengths.append(
                        Int32(place(source, into: target + row * frames * bands, change)))
                }
            }
        }
        return Batch(
            features: tensor, lengths: Indices(lengths), labels: samples.map { labels[Int(members[$0])] })
    }

    /// Writes the clip of a recording, and returns how many frames are its own.
    private func place(
        _ recording: UnsafeBufferPointer<Float>, into target: UnsafeMutablePointer<Float>,
        _ change: (augmentation: SoundAugmentation, random: PhiloxGenerator)?
    ) -> Int {
        let (frames, bands) = (schema.frames, schema.format.bands)
        let count = recording.count / bands
        let length = min(count, frames)
        var change = change
        /// A place among `room` + 1.
        func begin(_ room: Int) -> Int {
            change?.augmentation.shifts == true ? change!.random.index(below: room + 1) : room / 2
        }
        let skipped = begin(count - length)
        let lead = beginsAtStart ? 0 : begin(frames - length)
        // silence is as quiet as the recording ever is
        let silence = recording.min() ?? 0
        for frame in 0..<frames {
            let isSilent = frame < lead || frame >= lead + length
            for band in 0..<bands {
                let value = isSilent ? silence : recording[(skipped + frame - lead) * bands + band]
                target[frame * bands + band] = (value - schema.mean[band]) / schema.deviation[band]
            }
        }
        if let (augmentation, random) = change, augmentation.timeMask > 0 || augmentation.bandMask > 0 {
            var random = random
            augmentation.mask(target, frames: frames, bands: bands, &random)
        }
        return length
    }

    /// The class of each recording.
    package var classLabels: [Int] { members.map { Int(labels[Int($0)]) } }
}
