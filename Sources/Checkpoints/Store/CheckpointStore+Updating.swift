import Glibc

extension CheckpointStore {
    /// Replaces the state of the checkpoint of the same step; the tensors are hard-linked, not copied.
    ///
    /// A process that is killed at any moment leaves the old state or the new one. Returns false, and changes
    /// nothing, when there is no such checkpoint, or the file system has no hard links.
    public func update(_ state: RunState) throws(CheckpointError) -> Bool {
        let path = "\(directory)/\(CheckpointFolder.name(ofStep: state.step))"
        let (old, new) = (
            CheckpointFolder(path: path),
            CheckpointFolder(path: "\(directory)/\(WorkName(.temporary, step: state.step).text)")
        )
        guard FileSystem.exists(old.state) else { return false }
        let bytes = try state.json(for: old.state)
        do throws(CheckpointError) {
            try FileSystem.checkIsNoLink(directory)
            try FileSystem.remove(new.path)
            try FileSystem.createNewFolder(new.path)
            let saved = try old.savedChecksums()
            let names = try old.partNames(saved)
            let links =
                [(old.model, new.model), (old.optimizer, new.optimizer)]
                + names.map { ("\(old.path)/\($0)", "\(new.path)/\($0)") }
            guard links.allSatisfy({ link($0.0, $0.1) == 0 }) else {
                try FileSystem.remove(new.path)
                return false
            }
            try new.write(bytes, checksums: saved, of: old)
            let aside = "\(directory)/\(WorkName(.aside, step: state.step).text)"
            try rename(path, to: aside)
            do throws(CheckpointError) {
                try rename(new.path, to: path)
            } catch {
                try FileSystem.rename(aside, to: path)
                throw error
            }
            try FileSystem.synchronize(folder: directory)
            try FileSystem.remove(aside)
        } catch {
            try? FileSystem.remove(new.path)
            if case .overtaken = error { throw error }
            throw .notSaved(path: path, reason: "\(error)", bytesNeeded: bytes.count)
        }
        return true
    }
}

extension CheckpointFolder {
    /// Writes `state.json` and `checksums`, with the lines for the tensors that are in `saved`, those of `other`.
    fileprivate func write(
        _ bytes: [UInt8], checksums saved: [UInt8], of other: CheckpointFolder
    ) throws(CheckpointError) {
        var lines = String(decoding: saved, as: UTF8.self).split(separator: "\n").map(String.init)
        guard let place = lines.firstIndex(where: { $0.hasSuffix(" state.json") }) else {
            throw .unusable(path: other.checksums, found: "no line of state.json", expected: "one")
        }
        let fingerprint = Fingerprint(bytes)
        lines[place] = fingerprint.line("state.json")
        for (content, path) in [(bytes, self.state), (Array(lines.joined(separator: "\n").utf8), checksums)] {
            let file = try OutputFile(path: path)
            try file.write(content)
            try file.finish()
        }
        try FileSystem.synchronize(folder: self.path)
    }
}
