import Checkpoints
public import Settings

extension SettingsFile {
    /// Reads the file at `path`.
    public init(path: String, _ schema: SettingsSchema) throws(SettingsError) {
        let bytes: [UInt8]
        do {
            bytes = try InputFile(path: path).contents(limit: SettingsText.longest)
        } catch {
            throw SettingsError(error, file: path)
        }
        try self.init(text: SettingsText.decode(bytes, file: path), name: path, schema)
    }
}

extension SettingsError {
    /// The same error about a settings file.
    init(_ error: CheckpointError, file: String) {
        self =
            switch error {
            case .refused(_, _, "No such file or directory"): .unreadable(file: file, reason: "there is no such file")
            case .refused(_, _, let reason): .unreadable(file: file, reason: reason)
            case .unusable(_, "a directory", _): .unreadable(file: file, reason: "it is a directory")
            case .unusable(_, let found, let expected):
                .unreadable(file: file, reason: "found \(found), expected \(expected)")
            default: .unreadable(file: file, reason: "\(error)")
            }
    }
}
