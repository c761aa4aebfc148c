import Foundation
import Lockstep

/// The recordings of a folder, in the order of their names.
///
/// Read on one rank of each host: the samples are in memory that the host's ranks share.
struct Recordings: HostLoadable {
    /// What goes to the other ranks as a copy, one entry per recording.
    struct Notes: Codable {
        var names: [String] = []
        var speeds: [Float] = []
        var loads: [Float] = []
        /// 0 where it is not known.
        var hours: [Float] = []
    }

    let notes: Notes
    /// [recordings × window]
    let samples: HostArray<Float>

    var count: Int { notes.names.count }
    var arrays: [HostBytes] { [samples.bytes] }

    init(notes: Notes, arrays: [HostBytes]) throws {
        guard let samples = arrays.first.flatMap(HostArray<Float>.init) else {
            throw DatasetError.unusable(path: "the shared recordings", found: "no array of numbers", expected: "one")
        }
        (self.notes, self.samples) = (notes, samples)
    }

    /// Reads a folder of `.txt` files, or one file.
    /// - Parameters:
    ///   - window: the samples of each recording that are used.
    ///   - labeled: whether each recording must say how many hours were left.
    init(path: String, window: Int, labeled: Bool, progress: (Int, Int) -> Void = { _, _ in }) throws {
        let names = try Self.names(at: path)
        var (notes, samples) = (Notes(), [Float]())
        for (number, name) in names.enumerated() {
            progress(number, names.count)
            let file = name.isEmpty ? path : "\(path)/\(name)"
            let recording = try Recording(path: file, window: window)
            if labeled, recording.hoursLeft == nil {
                throw DatasetError.unusable(
                    path: file, found: "no hours_left", expected: "it in every recording to train on")
            }
            notes.names.append(name.isEmpty ? path : name)
            notes.speeds.append(recording.speed)
            notes.loads.append(recording.load)
            notes.hours.append(recording.hoursLeft ?? 0)
            samples += recording.samples
        }
        (self.notes, self.samples) = (notes, HostArray(samples))
    }

    /// The names of the recordings in the folder at `path`; an empty one if `path` is a file.
    private static func names(at path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DatasetError.missing(paths: [path], advice: "name a folder of recordings, or one file")
        }
        guard isFolder.boolValue else { return [""] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".txt") }.sorted()
        guard !names.isEmpty else {
            throw DatasetError.unusable(path: path, found: "no file that ends in .txt", expected: "one per recording")
        }
        return names
    }
}
