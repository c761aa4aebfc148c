extension FileKind {
    /// What libsndfile reads.
    public static let sound = FileKind(
        noun: "recording",
        endings: [
            "wav", "wave", "flac", "aif", "aiff", "aifc", "au", "snd", "ogg", "oga", "opus", "mp3", "caf", "w64",
            "rf64",
        ])
}

extension SoundFile {
    /// The sound files at `path`: the file, or those of a folder in natural order. *Local.*
    package static func paths(at path: String) throws(DatasetError) -> [String] {
        guard try FileStatus(path).isFolder else { return [path] }
        let files = try DirectoryListing(path).files.filter(FileKind.sound.contains)
        guard !files.isEmpty else {
            throw .unusable(
                path: path, found: "no recordings",
                expected: "files with the endings \(FileKind.sound.endings.sorted().joined(separator: ", "))")
        }
        return files.map { "\(path)/\($0)" }
    }
}

extension SoundClips {
    /// The recordings in files, for a model that was trained on others. *Local.*
    package init(files: [String], _ schema: SoundSchema, beginsAtStart: Bool) throws(DatasetError) {
        let spectrogram = MelSpectrogram(schema.format)
        var (features, starts): ([Float], [Int]) = ([], [0])
        for path in files {
            let sound = try SoundFile(path: path)
            try SoundReading.check(sound, path, schema.format.rate, of: "")
            features += spectrogram(sound.samples)
            starts.append(features.count)
        }
        self.init(
            features: HostArray(features), starts: HostArray(starts),
            labels: HostArray([Int32](repeating: -1, count: files.count)), members: HostArray(0..<UInt32(files.count)),
            schema)
        self.beginsAtStart = beginsAtStart
    }
}
