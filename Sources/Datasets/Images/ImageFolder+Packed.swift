import Messages

extension ImageFolder {
    private static let kind = "IDX images"

    /// The images of the packed file at `path`; nil if no packed file is there. All of them are read once, to be checked.
    static func packed(
        at path: String, _ layout: LabeledImages.Layout, _ scale: PixelScale
    ) throws(DatasetError) -> ImageFolder? {
        guard let packed = try PackedContent.read(PackedImageFolder.self, kind: kind, at: path) else { return nil }
        let (folder, classes) = (packed.folder, packed.folder.classes)
        for array in folder.arrays { try array.check() }
        let parts = [folder.training, folder.test]
        guard classes.names.count <= 256, Set(classes.names).count == classes.names.count,
            parts.allSatisfy({ $0.isSound(classes: classes.names.count) }), parts[0].height == parts[1].height,
            parts[0].width == parts[1].width
        else { throw PackedContent.unfit(path) }
        return ImageFolder(
            path: path, classes: classes, training: parts[0].as(layout, scale), test: parts[1].as(layout, scale))
    }

    /// Writes the images of the folder at `path`, Debian's Fashion-MNIST when nil, to a packed file at `target`. *Local.*
    /// - Parameter progress: told how many bytes of how many were written.
    /// - Returns: lines that say what was packed.
    public static func pack(
        _ path: String?, to target: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] {
        let folder = try ImageFolder(path: path, layout: .images)
        let bytes = try PackedContent.write(PackedImageFolder(folder), kind: kind, to: target, progress: progress)
        return [
            "\(Readable.count(folder.training.count)) training and \(Readable.count(folder.test.count)) test images of "
                + "\(folder.training.height)×\(folder.training.width), \(folder.classes.summary); \(Readable.bytes(bytes))"
        ]
    }

    /// Whether the four files of a data set in the IDX format are in the folder at `path`. *Local.*
    public static func isPresent(at path: String) -> Bool {
        (try? FashionMNIST.file("train-images-idx3-ubyte", in: path)) != nil
    }
}

/// The images of a folder in a packed file; `LabeledImages` requires numbers that a file need not have.
private struct PackedImageFolder: HostLoadable {
    let folder: ImageFolder

    var notes: ImageFolder.Notes { folder.notes }
    var arrays: [HostBytes] { folder.arrays }

    init(_ folder: ImageFolder) { self.folder = folder }

    init(notes: ImageFolder.Notes, arrays: [HostBytes]) throws {
        guard notes.training.deviation > 0, notes.test.deviation > 0 else { throw PackedContent.Misfit() }
        folder = try ImageFolder(notes: notes, arrays: arrays)
    }
}
