/// A file of ONNX would be too long.
struct ModelTooLarge: Error, CustomStringConvertible {
    let bytes: Int
    var description: String {
        "cannot export to ONNX: the model has \(bytes) bytes, and one file holds at most 2 GiB; use --format pytorch"
    }
}

/// A directory cannot be made.
struct UnwritableExport: Error, CustomStringConvertible {
    let path, reason: String
    var description: String { "cannot create the directory \(path): \(reason); choose another with --output" }
}
