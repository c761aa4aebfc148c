/// A range of the elements of a tensor, as one of several hosts has it and saves it.
public struct TensorPiece: Sendable {
    /// The name of the tensor.
    public let name: String

    /// The extents of the whole tensor, outermost first.
    public let shape: [Int]

    /// Which of its elements, in row-major order, these are.
    public let range: Range<Int>

    /// The elements as a tensor of one axis, by the name that the piece has in its file: `name[from:to]`.
    public let elements: NamedTensor

    /// The piece `range` of a tensor; `lend` as in `NamedTensor`, with the elements of the range.
    public init(
        name: String, shape: [Int], range: Range<Int>,
        lend: @escaping @Sendable ((UnsafeBufferPointer<Float>) -> Void) -> Void
    ) {
        (self.name, self.shape, self.range) = (name, shape, range)
        elements = NamedTensor(
            name: "\(name)[\(range.lowerBound):\(range.upperBound)]", shape: [range.count], lend: lend)
    }

    /// Its entry in the metadata of the file: the extents of the whole tensor.
    var metadata: (key: String, value: String) {
        (Self.shapeKey(of: elements.name), shape.map(String.init).joined(separator: " "))
    }

    static func shapeKey(of name: String) -> String { "shape.\(name)" }
}

/// What a file of pieces says of one of them.
struct PieceEntry {
    let name: String
    let shape: [Int]
    let range: Range<Int>
    let entry: SafetensorsEntry

    /// The piece that `entry` describes; throws where its name, its size or the metadata are not those of a piece.
    init(_ entry: SafetensorsEntry, _ metadata: [String: String]) throws(Flaw) {
        let flaw = Flaw(
            found: "a tensor \(entry.name.debugDescription) \(entry.shape)",
            expected: "a piece NAME[FROM:TO] of TO - FROM elements, and the extents of NAME in the metadata")
        guard let match = entry.name.wholeMatch(of: #/(.+)\[([0-9]{1,18}):([0-9]{1,18})\]/#),
            let from = Int(match.2), let to = Int(match.3), from <= to, entry.shape == [to - from],
            let text = metadata[TensorPiece.shapeKey(of: entry.name)]
        else { throw flaw }
        var (shape, count): ([Int], Int) = ([], 1)
        for word in text.split(separator: " ") {
            guard let extent = Int(word), extent >= 0,
                case (let product, false) = count.multipliedReportingOverflow(by: extent)
            else { throw flaw }
            shape.append(extent)
            count = product
        }
        guard to <= count else { throw flaw }
        (self.name, self.shape, self.range, self.entry) = (String(match.1), shape, from..<to, entry)
    }
}

/// Files that together hold whole tensors in pieces.
struct PieceFiles {
    private let files: [(file: SafetensorsFile, pieces: [PieceEntry])]
    /// The names of the tensors, rising, and their shapes.
    private let shapes: [String: [Int]]

    /// Opens the files and reads their headers; throws where a tensor has a gap, or a piece twice.
    init(paths: [String], folder: String) throws(CheckpointError) {
        var files: [(file: SafetensorsFile, pieces: [PieceEntry])] = []
        var shapes: [String: [Int]] = [:]
        var ranges: [String: [Range<Int>]] = [:]
        for path in paths {
            let file = try SafetensorsFile(path: path)
            var pieces: [PieceEntry] = []
            do throws(Flaw) {
                for entry in file.entries {
                    let piece = try PieceEntry(entry, file.metadata)
                    guard shapes[piece.name, default: piece.shape] == piece.shape else {
                        throw Flaw(
                            found: "\(piece.name.debugDescription) of shape \(piece.shape)",
                            expected: "\(shapes[piece.name] ?? []), as in another part")
                    }
                    shapes[piece.name] = piece.shape
                    ranges[piece.name, default: []].append(piece.range)
                    pieces.append(piece)
                }
            } catch {
                throw error.error(in: path)
            }
            files.append((file, pieces))
        }
        for (name, shape) in shapes {
            var end = 0
            for range in ranges[name, default: []].sorted(by: {
                ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
            }) {
                guard range.lowerBound == end else {
                    throw .unusable(
                        path: folder, found: "a piece of \(name.debugDescription) from element \(range.lowerBound) on",
                        expected: "one from \(end) on, where the piece before it ends")
                }
                end = range.upperBound
            }
            guard end == shape.reduce(1, *) else {
                throw .unusable(
                    path: folder, found: "pieces of \(name.debugDescription) \(shape) up to element \(end)",
                    expected: "all \(shape.reduce(1, *)) elements")
            }
        }
        (self.files, self.shapes) = (files, shapes)
    }

    /// The whole tensors, by name, and the fingerprints of the files.
    func contents() throws(CheckpointError) -> (tensors: [NamedTensor], fingerprints: [Fingerprint]) {
        var values: [String: [Float]] = [:]
        var fingerprints: [Fingerprint] = []
        for (file, pieces) in files {
            let (found, fingerprint) = try file.contents()
            for (piece, tensor) in zip(pieces, found) {
                if values[piece.name] == nil {
                    values[piece.name] = Array(repeating: 0, count: piece.shape.reduce(1, *))
                }
                tensor.withValues { elements in
                    values[piece.name]?.withUnsafeMutableBufferPointer { whole in
                        _ = whole.extracting(piece.range).update(fromContentsOf: elements)
                    }
                }
            }
            fingerprints.append(fingerprint)
        }
        let tensors = values.sorted { $0.key < $1.key }.map {
            NamedTensor(name: $0.key, shape: shapes[$0.key] ?? [], values: $0.value)
        }
        return (tensors, fingerprints)
    }

    /// Reads the files block by block, and returns their fingerprints.
    func verify() throws(CheckpointError) -> [Fingerprint] {
        var fingerprints: [Fingerprint] = []
        for (file, _) in files { fingerprints.append(try file.verify()) }
        return fingerprints
    }
}
