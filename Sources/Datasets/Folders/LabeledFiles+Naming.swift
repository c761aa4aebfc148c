import Messages

extension LabeledFiles {
    /// Adds the files of a folder whose names say their classes. Throws for the first that does not fit the pattern.
    static func addNamed(
        _ path: String, _ naming: FileNaming, _ kind: FileKind, _ builder: LabeledFilesBuilder
    ) throws(DatasetError) {
        let listing = try DirectoryListing(path)
        builder.leaveOut(hidden: listing.hidden)
        if !listing.folders.isEmpty { builder.remark("folders that are not read: \(listing.folders.listedNames)") }
        for file in listing.files {
            guard kind.contains(file) else {
                builder.leaveOut(file)
                continue
            }
            guard let label = naming.label(of: file) else {
                throw .unusable(
                    path: "\(path)/\(file)", found: "a name that does not fit the pattern \(naming.pattern)",
                    expected: "names of this form; move others away, or name another pattern")
            }
            let size = try FileStatus.readableSize("\(path)/\(file)")
            builder.add(file, label: label, size: size, to: naming.isTest(file) ? .test : .training, root: path)
        }
        if let test = naming.test, builder.isEmpty(.test) {
            throw .unusable(
                path: path, found: "no \(kind.noun)s whose names fit \(test)", expected: "some to test on")
        }
    }
}
