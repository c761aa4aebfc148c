import Foundation

extension Settings {
    /// The same settings with absolute paths: those of a saved run mean the same wherever a later command is given.
    var withAbsolutePaths: Settings {
        var settings = self
        if let path = data.path, !path.hasPrefix("/") {
            settings.data.path = FileManager.default.currentDirectoryPath + "/" + path
        }
        return settings
    }
}
