/// The classes and the parts of recordings.
struct SoundLabels: Sendable {
    /// The names of the classes.
    let classes: [String]
    /// What is to be said of the files, a line each.
    let remarks: [String]
    /// The number of recordings of each part, in the order of `LabeledFiles.Part`.
    let counts: [Int]
    /// Of each recording the number of its class; -1 for one that the training part has not.
    let labels: HostArray<Int32>
    private let files: LabeledFiles?

    /// Those of files.
    init(_ files: LabeledFiles) {
        (classes, remarks, self.files) = (files.classes, files.remarks, files)
        counts = LabeledFiles.Part.allCases.map { files.range(of: $0).count }
        labels = HostArray((0..<files.count).map { Int32(files.label($0)) })
    }

    /// Those of a packed file.
    init(classes: [String], remarks: [String], counts: [Int], labels: HostArray<Int32>) {
        (self.classes, self.remarks, self.counts, self.labels, files) = (classes, remarks, counts, labels, nil)
    }

    /// The number of recordings.
    var count: Int { labels.count }

    /// The number of the class of a recording.
    func label(_ recording: Int) -> Int { Int(labels[recording]) }

    /// The recordings of a part.
    func range(of part: LabeledFiles.Part) -> Range<Int> {
        let index = LabeledFiles.Part.allCases.firstIndex(of: part) ?? 0
        let start = counts[..<index].reduce(0, +)
        return start..<start + counts[index]
    }

    /// Where a recording is; nothing for one of a packed file.
    func path(_ recording: Int) -> String { files?.path(recording) ?? "" }
}
