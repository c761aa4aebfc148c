import Messages

/// What a packed file of images notes of them.
struct PackedImages: Codable, Sendable {
    var classes: [String]
    var form: ImageForm
    /// The statistics of the training part, and the seed and the fraction by which it was split off, where that was needed.
    var statistics: ImageStatistics
    var seed: UInt64
    var testFraction: Double
    /// The number of images of each part.
    var counts: [Int]
    var remarks: [String]

    static let kind = "images"

    /// The fields of a sample.
    static func fields(_ form: ImageForm) -> [PackedField] {
        [
            PackedField("image", .uint8, shape: [nil, nil, form.channels]), PackedField("label", .int32),
            PackedField("source", .int64),
        ]
    }

    /// The notes of a file, checked.
    static func read(_ file: PackedFile) throws(DatasetError) -> PackedImages {
        let notes = try file.notes(as: PackedImages.self)
        let count = notes.counts.reduce(0) { $0.addingReportingOverflow($1).partialValue }
        guard notes.form.isValid, notes.statistics.isValid(channels: notes.form.channels),
            notes.counts.count == LabeledFiles.Part.allCases.count, notes.counts.allSatisfy({ $0 >= 0 }),
            count == file.count, !notes.classes.isEmpty, Set(notes.classes).count == notes.classes.count,
            file.fields == fields(notes.form)
        else {
            throw .unusable(
                path: file.path, found: "notes that do not fit the images", expected: "those of `pack`; pack them anew")
        }
        return notes
    }

    /// The number of the field of the pixels.
    var imageField: Int { 0 }

    /// The form in which a model takes the images. Throws if they were packed in a form that does not allow it.
    func form(_ request: ImageRequest, path: String) throws(DatasetError) -> ImageForm {
        var wanted = form
        if let known = request.known?.form {
            wanted = known
        } else {
            if let height = request.settings.size.first, let width = request.settings.size.last {
                (wanted.height, wanted.width) = (height, width)
            }
            if request.settings.resize != nil {
                let asked = request.form([], areGray: false)
                (wanted.keptHeight, wanted.keptWidth) = (asked.keptHeight, asked.keptWidth)
            }
            if request.settings.channels != .automatic { wanted.channels = request.settings.channels == .gray ? 1 : 3 }
        }
        guard wanted.channels == form.channels, wanted.keptHeight == form.keptHeight,
            wanted.keptWidth == form.keptWidth, wanted.fit == form.fit, wanted.height <= form.keptHeight,
            wanted.width <= form.keptWidth
        else {
            func text(_ form: ImageForm) -> String {
                "\(form.keptHeight)×\(form.keptWidth) pixels at least, \(form.channels == 1 ? "gray" : "RGB")"
            }
            throw .unusable(
                path: path, found: "images packed in \(text(form))",
                expected:
                    "\(text(wanted)), of which \(wanted.height)×\(wanted.width) are taken; pack them anew with these settings"
            )
        }
        return wanted
    }

    /// What pixels are normalized with: the noted statistics, unless others are asked for or another part is trained on.
    func statistics(
        _ request: ImageRequest, _ form: ImageForm, _ parts: ImageParts, _ store: ImageStore
    ) throws -> ImageStatistics {
        if let known = request.known { return known.statistics }
        switch request.settings.normalize {
        case .imagenet: return .imageNet(channels: form.channels)
        case .none: return .none(channels: form.channels)
        case .training:
            let isSplit = range(of: .validation).isEmpty && range(of: .test).isEmpty
            if !isSplit || (seed == request.seed && testFraction == request.testFraction) { return statistics }
            return try ImageSurvey.statistics(
                of: parts.training.spread(ImageRequest.mostForStatistics), in: store, form, request.threads)
        }
    }

    func range(of part: LabeledFiles.Part) -> Range<Int> {
        let index = LabeledFiles.Part.allCases.firstIndex(of: part) ?? 0
        let start = counts[..<index].reduce(0, +)
        return start..<start + counts[index]
    }
}
