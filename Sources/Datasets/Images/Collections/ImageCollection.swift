/// Images with a class each, in a folder, a table or a packed file, and what was learned of them: once for each host.
public struct ImageCollection: Sendable {
    /// The folder, the table or the packed file.
    public let path: String
    /// The names of the classes.
    public let classes: [String]
    /// The size in which images are kept and in which a model takes them.
    public let form: ImageForm
    /// What pixels are normalized with.
    public let statistics: ImageStatistics
    /// What is to be said of the images, a line each.
    public let remarks: [String]
    /// The damaged files that were left out.
    public let damaged: [DamagedImage]
    /// How the images are read, in a few words.
    public let storage: String

    let store: ImageStore
    private let labels: Labels
    let parts: ImageParts

    private enum Labels: Sendable {
        case files(LabeledFiles)
        case packed(labels: PackedColumn<Int32>, sources: PackedColumn<Int64>)
    }

    /// Reads the images at `path`, and others to test on where `testPath` is given. *Collective within a host* where it calls `loader`.
    public init(path: String, testPath: String? = nil, _ request: ImageRequest, _ loader: HostLoader) throws {
        self.path = path
        if PackedFile.isPacked(path) {
            try PackedContent.check(testPath: testPath, at: path)
            let file = try PackedFile(path: path, kind: PackedImages.kind)
            let notes = try PackedImages.read(file)
            (classes, damaged, store) = (notes.classes, [], .packed(file, field: notes.imageField))
            form = try notes.form(request, path: path)
            let column = try PackedColumn<Int32>(file, "label")
            labels = .packed(labels: column, sources: try PackedColumn<Int64>(file, "source"))
            parts = ImageParts(notes.range, label: { Int(column[$0]) }, request)
            statistics = try notes.statistics(request, form, parts, store)
            (remarks, storage) = (notes.remarks, "packed")
            return
        }
        let files = try loader.load(path) { try LabeledFiles(path: path, testPath: testPath, kind: .image) }
        let survey = try loader.load(path) {
            try ImageSurvey(files, request) { loader.progress(done: $0, of: $1) }
        }
        (classes, form, statistics) = (files.classes, survey.notes.form, survey.notes.statistics)
        damaged = survey.notes.damaged
        (store, storage) =
            survey.images.map { (.memory($0), "decoded in memory") } ?? (.files(files, form), "decoded in each epoch")
        labels = .files(files)
        parts = ImageParts(
            files.range, label: files.label, leavingOut: Set(survey.notes.damaged.map(\.index)), request)
        remarks = files.remarks + Self.remarks(files, damaged)
    }

    /// The number of the class of an image; -1 for one that the training part has not.
    func label(_ image: Int) -> Int {
        switch labels {
        case .files(let files): files.label(image)
        case .packed(let column, _): Int(column[image])
        }
    }

    /// What tells an image from others: the same in a folder and packed.
    func identity(_ image: Int) -> Int64 {
        switch labels {
        case .files(let files): Int64(files.identity(image))
        case .packed(_, let column): column[image]
        }
    }
}
