import Messages

/// Log-mel features of recordings in a packed file, with the clips that were made of them for some settings.
package struct PackedSounds: HostLoadable {
    /// Everything but the arrays.
    package struct Notes: Codable, Sendable {
        let data: SoundData.Notes
        let choice: Choice
        let classes, remarks: [String]
        let counts: [Int]
        let lines: [String]
    }

    /// The settings that the features and the clips follow from.
    struct Choice: Codable, Sendable, Equatable {
        let window, hop: Double
        let bands: Int
        let seconds: Double?
        let testFraction: Double
        let seed: UInt64

        init(_ request: SoundRequest) {
            (window, hop, bands) = (request.windowMilliseconds, request.hopMilliseconds, request.bands)
            (seconds, testFraction, seed) = (request.seconds, request.testFraction, request.seed)
        }
    }

    static let kind = "sounds"

    package let notes: Notes
    private let data: SoundData
    let labels: SoundLabels

    /// The features as they were read.
    var reading: SoundReading {
        SoundReading(
            format: notes.data.schema.format, features: data.training.features, starts: data.training.starts,
            lines: notes.lines)
    }
    package var arrays: [HostBytes] { data.arrays + [labels.labels.bytes] }

    /// Reads the recordings that are asked for, to be packed.
    private init(_ request: SoundRequest, progress: (_ done: Int, _ of: Int) -> Void) throws(DatasetError) {
        labels = try SoundLabels(LabeledFiles(path: request.path, kind: .sound, naming: request.naming))
        var lines = labels.remarks
        let split = try SoundData.split(labels, request, &lines)
        let reading = try SoundReading(labels, split, request, progress: progress)
        data = try SoundData(request, labels, split, reading, lines)
        notes = Notes(
            data: data.notes, choice: Choice(request), classes: labels.classes, remarks: labels.remarks,
            counts: labels.counts, lines: reading.lines)
    }

    /// The recordings that `notes` and `arrays` describe. Throws if they do not fit each other.
    package init(notes: Notes, arrays: [HostBytes]) throws {
        guard let last = arrays.last, let labels = HostArray<Int32>(last),
            notes.counts.count == LabeledFiles.Part.allCases.count,
            notes.counts.allSatisfy({ (0...labels.count).contains($0) }), notes.counts.reduce(0, +) == labels.count
        else { throw PackedContent.Misfit() }
        try notes.data.schema.validate()
        data = try SoundData(notes: notes.data, arrays: arrays.dropLast())
        self.notes = notes
        self.labels = SoundLabels(
            classes: notes.classes, remarks: notes.remarks, counts: notes.counts, labels: labels)
        // all but the features, which are checked when they are used
        for array in arrays.dropFirst() { try array.check() }
        let classes = Int32(clamping: notes.classes.count)
        guard data.isSound, data.training.labels.count == labels.count,
            labels.allSatisfy({ $0 >= -1 && $0 < classes }), Set(notes.classes).count == notes.classes.count
        else { throw PackedContent.Misfit() }
    }

    /// The packed recordings of a request; nil if no packed file is there. *Local.*
    ///
    /// Throws if features of other sizes were packed than those that are asked for.
    static func read(_ request: SoundRequest) throws(DatasetError) -> PackedSounds? {
        guard let packed = try PackedContent.read(PackedSounds.self, kind: kind, at: request.path) else { return nil }
        try PackedContent.check(testPath: request.testPath, at: request.path)
        if let schema = request.schema {
            guard schema.format == packed.notes.data.schema.format else {
                throw .unusable(
                    path: request.path, found: "recordings packed as \(packed.notes.data.schema.format)",
                    expected: "\(schema.format), which the model has learned from; pack the data anew")
            }
            return packed
        }
        let (found, asked) = (packed.notes.choice, Choice(request))
        for (key, found, asked) in [
            ("window", "\(found.window)", "\(asked.window)"), ("hop", "\(found.hop)", "\(asked.hop)"),
            ("bands", "\(found.bands)", "\(asked.bands)"),
        ] {
            try PackedContent.check(
                "audio.\(key)", packed: found, asked: asked, of: "recordings", at: request.path)
        }
        return packed
    }

    /// The clips, where they are those that a request asks for; nil where they are to be made of the features.
    func data(for request: SoundRequest) -> SoundData? {
        Choice(request) == notes.choice && (request.schema == nil || request.schema == notes.data.schema) ? data : nil
    }

    /// Writes the features of the recordings that are asked for to a packed file at `target`. *Local.*
    /// - Parameter progress: told how many files of how many were read, then how many bytes of how many were written.
    /// - Returns: lines that say what was packed.
    package static func pack(
        _ request: SoundRequest, to target: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] {
        let packed = try PackedSounds(request, progress: progress)
        let bytes = try PackedContent.write(packed, kind: kind, to: target, progress: progress)
        let data = packed.data
        return [
            PackedContent.summary(
                "recording", training: data.training.count, test: data.test.count,
                ", as \(data.notes.schema.format.bands) mel bands", bytes: bytes)
        ] + data.notes.lines
    }
}

extension SoundData {
    /// Whether all places and numbers are in range, of a file that may have been edited.
    fileprivate var isSound: Bool {
        let (bands, classes) = (notes.schema.format.bands, Int32(clamping: notes.schema.classes.count))
        let (starts, count) = (training.starts, training.labels.count)
        guard starts.count == count + 1, starts[0] == 0, starts[count] == training.features.count else { return false }
        return (0..<count).allSatisfy { starts[$0] <= starts[$0 + 1] && (starts[$0 + 1] - starts[$0]) % bands == 0 }
            && training.labels.allSatisfy { $0 >= -1 && $0 < classes }
            && training.members.allSatisfy { $0 < count } && test.members.allSatisfy { $0 < count }
    }
}
