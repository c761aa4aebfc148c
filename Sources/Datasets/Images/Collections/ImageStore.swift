/// Where the images of a collection are: in files, in memory, or packed.
enum ImageStore: Sendable {
    case files(LabeledFiles, ImageForm)
    case memory(KeptImages)
    case packed(PackedFile, field: Int)

    /// Calls `body` with an image in the size in which it is kept. Throws, by name, if it is damaged.
    func withImage<Result>(_ index: Int, _ body: (PixelArea) throws -> Result) throws -> Result {
        switch self {
        case .files(let files, let form):
            return try form.kept(ImageFile(path: files.path(index))).withPixels(body)
        case .memory(let images):
            guard let result = try images.withImage(index, body) else {
                throw HostLoadFailure(message: "image \(index) was left out")
            }
            return result
        case .packed(let file, let field):
            return try file.withValue(field, of: index) { shape, bytes in
                guard let start = bytes.baseAddress, !bytes.isEmpty else {
                    throw DatasetError.unusable(
                        path: "\(file.path) sample \(index)", found: "an empty image", expected: "pixels")
                }
                return try body(
                    PixelArea(
                        start: start.assumingMemoryBound(to: UInt8.self), height: shape[0], width: shape[1],
                        channels: shape[2], stride: shape[1] * shape[2]))
            }
        }
    }
}
