import Messages

extension ImageCollection {
    /// Writes the images of a folder or a table to a packed file, decoded and in the size in which they are kept. *Local.*
    ///
    /// All parts; damaged files end it, or are left out and counted, as the settings say.
    /// - Parameter progress: told how many images of how many were packed.
    /// - Returns: lines that say what was packed.
    public static func pack(
        _ path: String, to target: String, _ request: ImageRequest, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] {
        let files = try LabeledFiles(path: path, kind: .image)
        let chosen = ImageParts(files.range, label: files.label, request).training
            .spread(ImageRequest.mostForStatistics)
        let form = try ImageSurvey.form(files, chosen, request)
        let writer = try PackedWriter(path: target, kind: PackedImages.kind, fields: PackedImages.fields(form))
        var counts = [Int](repeating: 0, count: LabeledFiles.Part.allCases.count)
        var (damaged, sums, isChosen) = ([DamagedImage](), PixelSums(channels: form.channels), Set(chosen))
        try files.decode(Array(0..<files.count), form, threads: request.threads, progress: progress) { file, result in
            switch result {
            case .success(let image):
                try writer.append([
                    PackedValue(image.pixels, shape: [image.height, image.width, image.channels]),
                    PackedValue(Int32(files.label(file))), PackedValue(Int64(files.identity(file))),
                ])
                for (number, part) in LabeledFiles.Part.allCases.enumerated()
                where files.range(of: part).contains(file) { counts[number] += 1 }
                if isChosen.remove(file) != nil { image.withPixels { sums.add($0) } }
            case .failure(let error): damaged.append(DamagedImage(index: file, path: files.path(file), "\(error)"))
            }
            // the rest of a block may tell of more
            return damaged.isEmpty || request.settings.damaged == .skip
        }
        if !damaged.isEmpty, request.settings.damaged == .stop { throw DamagedImages(path: path, images: damaged) }
        var statistics = sums.statistics
        if !damaged.isEmpty {
            let intact = ImageParts(
                files.range, label: files.label, leavingOut: Set(damaged.map(\.index)), request)
            statistics = try ImageSurvey.statistics(
                of: intact.training.spread(ImageRequest.mostForStatistics), in: .files(files, form), form,
                request.threads)
        }
        let remarks = files.remarks + Self.remarks(files, damaged)
        try writer.finish(
            notes: PackedImages(
                classes: files.classes, form: form, statistics: statistics, seed: request.seed,
                testFraction: request.testFraction, counts: counts, remarks: remarks))
        let size = try FileStatus(target).size
        return [
            "\(Readable.count(writer.count, of: "image")) of \(files.classes.count) \(files.classes.count == 1 ? "class" : "classes"), "
                + "\(form.keptHeight)×\(form.keptWidth) pixels at least, \(form.channels == 1 ? "gray" : "RGB"); \(Readable.bytes(size))"
        ] + remarks
    }

    /// What is to be said of the parts, and of files that were left out.
    static func remarks(_ files: LabeledFiles, _ damaged: [DamagedImage]) -> [String] {
        var remarks: [String] = []
        if !damaged.isEmpty {
            remarks.append(
                "left out \(Readable.count(damaged.count, of: "damaged file")): " + damaged.listed { $0.path })
        }
        let (validation, test) = (files.range(of: .validation).count, files.range(of: .test).count)
        if validation > 0, test > 0 {
            let root = files.root(of: .test)
            remarks.append(
                "evaluated on \(Readable.count(validation, of: "image")) of val; \(Readable.count(test)) of test are for "
                    + "`evaluate --test-data \(root == files.root(of: .training) ? "FILE" : root)`")
        }
        return remarks
    }
}

extension LabeledFiles {
    private static let blockSize = 256

    /// Decodes images on several threads, and hands them to `take` in order: false ends it, after the block.
    func decode(
        _ chosen: [Int], _ form: ImageForm, threads: Int, progress: (Int, Int) -> Void,
        _ take: (_ file: Int, Result<PixelImage, any Error>) throws -> Bool
    ) throws {
        for start in stride(from: 0, to: chosen.count, by: Self.blockSize) {
            progress(start, chosen.count)
            let block = Array(chosen[start..<min(start + Self.blockSize, chosen.count)])
            let results = DecodedBlock(count: block.count)
            try forEach(block.count, threads: threads) { index in
                results[index] = Result { try form.kept(ImageFile(path: path(block[index]))) }
            }
            var continues = true
            for (index, file) in block.enumerated() {
                if let result = results[index] { continues = try take(file, result) && continues }
            }
            if !continues { return }
        }
    }
}

/// The images of a block, which several threads write, each its own.
private final class DecodedBlock: @unchecked Sendable {
    private let entries: UnsafeMutableBufferPointer<Result<PixelImage, any Error>?>

    init(count: Int) {
        entries = .allocate(capacity: count)
        entries.initialize(repeating: nil)
    }

    deinit {
        entries.deinitialize()
        entries.deallocate()
    }

    subscript(index: Int) -> Result<PixelImage, any Error>? {
        get { entries[index] }
        set { entries[index] = newValue }
    }
}
