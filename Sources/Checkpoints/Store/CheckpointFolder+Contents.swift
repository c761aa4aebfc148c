import Messages

/// The bytes of a checkpoint's files, ready to be written.
struct CheckpointImage {
    private let model: SafetensorsImage
    private let optimizer: SafetensorsImage
    private let state: [UInt8]

    /// The bytes of `checkpoint`, which is to be saved at `path`.
    init(of checkpoint: Checkpoint, path: String, pause: () -> Void) throws(CheckpointError) {
        model = SafetensorsImage(of: checkpoint.model, metadata: checkpoint.modelMetadata, pause: pause)
        optimizer = SafetensorsImage(of: checkpoint.optimizer, pause: pause)
        state = try checkpoint.state.json(for: CheckpointFolder(path: path).state)
    }

    /// The bytes of all files together.
    var byteCount: Int { model.fingerprint.count + optimizer.fingerprint.count + state.count + checksums([]).count }

    private func checksums(_ parts: [String]) -> [UInt8] {
        Array(
            CheckpointFolder.checksums(
                model: model.fingerprint, optimizer: optimizer.fingerprint, parts: parts, state: Fingerprint(state)
            )
            .joined(separator: "\n").utf8)
    }

    /// Writes the files into a folder that exists, and waits until they and their names are on the disk, and so many parts of
    /// other writers.
    func write(to folder: CheckpointFolder, parts: Int, pause: () -> Void) throws(CheckpointError) {
        try model.write(to: folder.model, pause: pause)
        try optimizer.write(to: folder.optimizer, pause: pause)
        let lines = parts == 0 ? [] : try CheckpointParts.collect(parts, in: folder.path, patience: 120)
        for (bytes, path) in [(state, folder.state), (checksums(lines), folder.checksums)] {
            let file = try OutputFile(path: path)
            try file.write(bytes)
            try file.finish()
        }
        try FileSystem.synchronize(folder: folder.path)
    }
}

extension CheckpointFolder {
    /// The lines of the file `checksums`: CRC-32, bytes and name of each other file.
    /// - Parameter parts: the lines of the parts of the optimizer's state.
    static func checksums(
        model: Fingerprint, optimizer: Fingerprint, parts: [String], state: Fingerprint
    ) -> [String] {
        [model.line("model.safetensors"), optimizer.line("optimizer.safetensors")] + parts + [state.line("state.json")]
    }

    /// The text of the file `checksums`.
    func savedChecksums() throws(CheckpointError) -> [UInt8] { try InputFile(path: checksums).contents(limit: 1 << 20) }

    /// The names of the parts of the optimizer's state that several hosts have saved, by the text of `checksums`.
    func partNames(_ saved: [UInt8]) throws(CheckpointError) -> [String] {
        try CheckpointParts.names(in: saved, path: checksums)
    }

    /// These parts, open for reading.
    private func parts(_ names: [String]) throws(CheckpointError) -> PieceFiles {
        try PieceFiles(paths: names.map { "\(path)/\($0)" }, folder: path)
    }

    /// Loads the checkpoint in this folder, and verifies every byte and number.
    func read() throws(CheckpointError) -> Checkpoint {
        let stateBytes = try InputFile(path: state).contents(limit: RunState.longest)
        let modelFile = try SafetensorsFile(path: model)
        let model = try modelFile.contents()
        let optimizer = try SafetensorsFile(path: optimizer).contents()
        let saved = try savedChecksums()
        let names = try partNames(saved)
        let parts = try parts(names).contents()
        let state = try state(
            stateBytes, model: model.fingerprint, optimizer: optimizer.fingerprint,
            parts: zip(names, parts.fingerprints).map { $1.line($0) }, saved: saved)
        return Checkpoint(
            model: model.tensors, modelMetadata: modelFile.metadata.filter { !SafetensorsHeader.isChecksumKey($0.key) },
            optimizer: optimizer.tensors + parts.tensors, state: state)
    }

    /// Verifies every byte of the checkpoint in this folder, and holds none of its tensors in memory.
    func verify() throws(CheckpointError) -> (state: RunState, bytes: Int) {
        let stateBytes = try InputFile(path: state).contents(limit: RunState.longest)
        let model = try SafetensorsFile(path: model).verify()
        let optimizer = try SafetensorsFile(path: optimizer).verify()
        let saved = try savedChecksums()
        let names = try partNames(saved)
        let parts = try parts(names).verify()
        let state = try state(
            stateBytes, model: model, optimizer: optimizer, parts: zip(names, parts).map { $1.line($0) }, saved: saved)
        return (state, parts.reduce(model.count + optimizer.count + stateBytes.count) { $0 + $1.count })
    }

    /// The state, once the files have the checksums that were saved, and the step is that of the folder's name.
    private func state(
        _ bytes: [UInt8], model: Fingerprint, optimizer: Fingerprint, parts: [String], saved: [UInt8]
    ) throws(CheckpointError) -> RunState {
        try check(
            saved,
            against: Self.checksums(model: model, optimizer: optimizer, parts: parts, state: Fingerprint(bytes)))
        let state = try RunState(json: bytes, path: state)
        if let step = path.split(separator: "/").last.flatMap({ Self.step(ofName: $0) }), step != state.step {
            throw .unusable(
                path: path, found: "step \(state.step) in state.json", expected: "step \(step), by the folder's name")
        }
        return state
    }

    /// Compares the text of the file `checksums` with the lines that the files have now.
    private func check(_ saved: [UInt8], against present: [String]) throws(CheckpointError) {
        if saved == Array(present.joined(separator: "\n").utf8) { return }
        let lines = String(decoding: saved, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == present.count else {
            throw .unusable(path: checksums, found: "\(lines.count) lines", expected: "\(present.count)")
        }
        for (line, expected) in zip(lines, present) where line != expected {
            throw .unusable(
                path: path, found: "CRC-32, bytes and name \(expected.debugDescription)",
                expected: "\"\(String(line).printable.shortened(to: 100))\", by its file checksums")
        }
        throw .unusable(path: checksums, found: "bytes that are not UTF-8", expected: "text")
    }

}
