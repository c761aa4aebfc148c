import Foundation
import Messages

/// The parts of a checkpoint's optimizer state that several processes write at once, each its own file in one folder.
///
/// What they tell each other goes through that folder: `optimizer-00002-of-00003.written` says that this part is on the
/// disk, and its checksum, or why it is not.
package enum CheckpointParts {
    /// The file of part `number`, from 1, of `count`.
    static func name(_ number: Int, of count: Int) -> String {
        "optimizer-\(String(number).zeroPadded(to: 5))-of-\(String(count).zeroPadded(to: 5)).safetensors"
    }

    private static func receipt(_ name: String) -> String { name.replacing(".safetensors", with: ".written") }

    /// Writes part `number` of `count` into the folder that `CheckpointStore.begin` has made, and says there how that went.
    /// - Parameter pause: called after each block that was read or written.
    package static func write(
        _ pieces: [TensorPiece], _ number: Int, of count: Int, in folder: String, pause: () -> Void
    ) throws(CheckpointError) {
        let name = name(number, of: count)
        do throws(CheckpointError) {
            let metadata = Dictionary(uniqueKeysWithValues: pieces.map { ($0.metadata.key, $0.metadata.value) })
            let image = SafetensorsImage(of: pieces.map(\.elements), metadata: metadata, pause: pause)
            try image.write(to: "\(folder)/\(name)", pause: pause)
            let fingerprint = image.fingerprint
            try OutputFile.replace("\(folder)/\(receipt(name))") { (file) throws(CheckpointError) in
                try file.write("\(fingerprint.text) \(fingerprint.count)".utf8)
            }
        } catch {
            let reason = error.cause
            try? OutputFile.replace("\(folder)/\(receipt(name))") { (file) throws(CheckpointError) in
                try file.write("failed \(reason)".utf8)
            }
            throw error
        }
    }

    /// Waits until all parts are written, and removes what says so; returns their lines of `checksums`.
    /// - Parameter patience: seconds without a byte of any part after which it is given up.
    static func collect(
        _ count: Int, in folder: String, patience: Double, sleep: () -> Void = { usleep(10_000) }
    ) throws(CheckpointError) -> [String] {
        var (lines, written): ([String], Int) = ([], -1)
        var limit = Date.now + patience
        for number in 1...count {
            let name = name(number, of: count)
            let path = "\(folder)/\(receipt(name))"
            while !FileSystem.exists(path) {
                let now = size(of: folder, count)
                if now != written { (written, limit) = (now, .now + patience) }
                guard Date.now < limit else {
                    throw .refused(
                        attempt: "collect", path: "\(folder)/\(name)",
                        reason: "the host that has this part has written nothing for \(Int(patience)) seconds")
                }
                sleep()
            }
            let text = String(decoding: try InputFile(path: path).contents(limit: 4096), as: UTF8.self)
            guard !text.hasPrefix("failed ") else {
                throw .refused(attempt: "write", path: "\(folder)/\(name)", reason: String(text.dropFirst(7)))
            }
            lines.append("\(text) \(name)")
        }
        for number in 1...count { try FileSystem.remove("\(folder)/\(receipt(name(number, of: count)))") }
        return lines
    }

    /// The bytes of all parts so far.
    private static func size(of folder: String, _ count: Int) -> Int {
        (1...count).reduce(0) { sum, number in
            var information = stat()
            return sum
                + (stat("\(folder)/\(name(number, of: count))", &information) == 0 ? Int(information.st_size) : 0)
        }
    }

    /// The parts that the text of `checksums` names; throws where one is missing or there twice.
    static func names(in checksums: [UInt8], path: String) throws(CheckpointError) -> [String] {
        let names = String(decoding: checksums, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.split(separator: " ").last.map(String.init)
        }.filter { $0.hasPrefix("optimizer-") }
        let expected = names.indices.map { name($0 + 1, of: names.count) }
        guard names == expected else {
            throw .unusable(
                path: path, found: "the parts \(names.map { $0.printable }.listed(limit: 5))",
                expected: "\(expected.first ?? "") to \(expected.last ?? "")")
        }
        return names
    }
}

extension CheckpointStore {
    /// Makes the folder in which several processes write the checkpoint of `step`, and returns its path: for the process that
    /// then calls `save` with as many `parts`.
    package func begin(step: Int) throws(CheckpointError) -> String {
        try FileSystem.checkIsNoLink(directory)
        try FileSystem.createFolder(directory)
        try removeLeftovers()
        let path = temporaryPath(ofStep: step)
        try FileSystem.remove(path)
        try FileSystem.createNewFolder(path)
        return path
    }

    /// Where this process writes the checkpoint of `step`, before it has its name.
    func temporaryPath(ofStep step: Int) -> String { "\(directory)/\(WorkName(.temporary, step: step).text)" }
}
