import Messages

/// A request to read sounds to train on.
package struct SoundRequest: Sendable {
    /// The folder or table, and one with recordings to test on.
    package var path: String
    package var testPath: String?
    /// How names of files say classes and parts; nil: folders or a table do.
    package var naming: FileNaming?
    /// The length of a clip in seconds; nil: as long as most training recordings.
    package var seconds: Double?
    /// Milliseconds of a window, and from one to the next.
    package var windowMilliseconds = 25.0
    package var hopMilliseconds = 10.0
    package var bands = 40
    /// The part of the recordings that is for testing, and the seed that chooses it.
    package var testFraction: Double
    package var seed: UInt64
    /// The schema learned earlier; nil to infer it.
    package var schema: SoundSchema?

    /// A request for what is at `path`.
    package init(path: String, testFraction: Double, seed: UInt64) {
        (self.path, self.testFraction, self.seed) = (path, testFraction, seed)
    }
}

/// Sounds as clips to train on and clips to test on.
package struct SoundData: HostLoadable {
    /// The part that is copied between the ranks of a host.
    package struct Notes: Codable, Sendable {
        package let schema: SoundSchema
        /// Notes on the recordings, one line each.
        package let lines: [String]
    }

    package let notes: Notes
    package let training, test: SoundClips

    package var arrays: [HostBytes] {
        [
            training.features.bytes, training.starts.bytes, training.labels.bytes, training.members.bytes,
            test.members.bytes,
        ]
    }

    /// The data that `notes` and `arrays` describe.
    package init(notes: Notes, arrays: [HostBytes]) throws {
        guard arrays.count == 5, let features = HostArray<Float>(arrays[0]), let starts = HostArray<Int>(arrays[1]),
            let labels = HostArray<Int32>(arrays[2]), let members = HostArray<UInt32>(arrays[3]),
            let tests = HostArray<UInt32>(arrays[4]), starts.count == labels.count + 1
        else {
            throw DatasetError.unusable(
                path: "the recordings of another rank", found: "other arrays", expected: "those of their features")
        }
        self.notes = notes
        training = SoundClips(
            features: features, starts: starts, labels: labels, members: members, notes.schema)
        test = SoundClips(features: features, starts: starts, labels: labels, members: tests, notes.schema)
    }

    /// Reads the recordings that are asked for, in files or packed.
    /// - Parameter progress: called with the number of files read, and that of all.
    package init(_ request: SoundRequest, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) throws(DatasetError)
    {
        guard let packed = try PackedSounds.read(request) else {
            let files = try SoundLabels(
                LabeledFiles(path: request.path, testPath: request.testPath, kind: .sound, naming: request.naming))
            var lines = files.remarks
            let split = try Self.split(files, request, &lines)
            try self.init(request, files, split, SoundReading(files, split, request, progress: progress), lines)
            return
        }
        if let data = packed.data(for: request) {
            self = data
            return
        }
        var lines = packed.labels.remarks
        let split = try Self.split(packed.labels, request, &lines)
        try self.init(request, packed.labels, split, packed.reading, lines)
    }

    /// The clips of recordings that were read.
    init(
        _ request: SoundRequest, _ files: SoundLabels, _ split: (training: [Int], test: [Int]), _ reading: SoundReading,
        _ remarks: [String]
    ) throws(DatasetError) {
        var lines = remarks + reading.lines
        let schema: SoundSchema
        if let saved = request.schema {
            schema = saved
        } else {
            schema = try reading.schema(files.classes, split.training, request)
        }
        let clip = Double(schema.frames * schema.format.hop) / Double(schema.format.rate)
        let longer = (split.training + split.test).count {
            reading.starts[$0 + 1] - reading.starts[$0] > schema.frames * schema.format.bands
        }
        if longer > 0 {
            lines.append(
                "\(Readable.count(longer, of: "recording")) longer than the \(Readable.significant(clip)) s of a clip (audio.seconds): a part of each is used"
            )
        }
        // a saved model's classes may be others
        let numbers = Dictionary(uniqueKeysWithValues: schema.classes.enumerated().map { ($1, Int32($0)) })
        let labels = HostArray(
            (0..<files.count).map { file in
                let label = files.label(file)
                return label < 0 ? -1 : numbers[files.classes[label]] ?? -1
            })
        let unknown = split.test.count { labels[$0] < 0 }
        if unknown > 0 {
            lines.append(
                "\(Readable.count(unknown, of: "test recording")) of classes that were not learned: counted as wrong")
        }
        func clips(_ members: [Int]) -> SoundClips {
            SoundClips(
                features: reading.features, starts: reading.starts, labels: labels,
                members: HostArray(members.map { UInt32($0) }), schema)
        }
        (training, test) = (clips(split.training), clips(split.test))
        notes = Notes(schema: schema, lines: lines)
    }

    /// The files to train on and to test on.
    static func split(
        _ files: SoundLabels, _ request: SoundRequest, _ lines: inout [String]
    ) throws(DatasetError) -> (training: [Int], test: [Int]) {
        let training = Array(files.range(of: .training))
        let named = [LabeledFiles.Part.test, .validation].first { !files.range(of: $0).isEmpty }
        if named == .test, !files.range(of: .validation).isEmpty {
            lines.append(
                "\(Readable.count(files.range(of: .validation).count, of: "recording")) of val not used: evaluation is on test"
            )
        }
        var split = (training: training, test: named.map { Array(files.range(of: $0)) } ?? [])
        if named == nil {
            let isTest = TestSplit.membership(
                labels: training.map(files.label), testFraction: request.testFraction, seed: request.seed)
            split = (training.filter { !isTest[$0] }, training.filter { isTest[$0] })
        }
        try DatasetError.checkSplit(
            training: split.training.count, test: split.test.count, of: "recording", path: request.path,
            testPath: named == nil ? nil : request.path, testFraction: request.testFraction)
        return split
    }
}
