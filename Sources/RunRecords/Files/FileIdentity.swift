import Foundation

/// Which file it is, whatever its name: its number in its file system.
struct FileIdentity: Equatable {
    private let device: UInt
    private let number: UInt

    /// What has the name `path` now, a symbolic link itself; nil if there is nothing.
    init?(path: String) {
        var information = stat()
        guard lstat(path, &information) == 0 else { return nil }
        self.init(information)
    }

    /// An open file.
    init?(descriptor: CInt) {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { return nil }
        self.init(information)
    }

    private init(_ information: stat) { (device, number) = (UInt(information.st_dev), UInt(information.st_ino)) }
}
