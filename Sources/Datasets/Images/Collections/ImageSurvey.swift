import Messages
import Synchronization

/// What was learned of the images of a collection before training, on one rank of each host: their form, their statistics, which are
/// damaged, and, where they fit into memory, all of them decoded.
struct ImageSurvey: HostLoadable {
    let notes: Notes
    let images: KeptImages?

    /// Everything but the images.
    struct Notes: Codable, Sendable {
        var form: ImageForm
        var statistics: ImageStatistics
        var damaged: [DamagedImage] = []
        var isInMemory = false
    }

    var arrays: [HostBytes] { images?.arrays ?? [] }

    init(notes: Notes, arrays: [HostBytes]) throws {
        self.notes = notes
        guard notes.isInMemory else {
            images = nil
            return
        }
        guard arrays.count == 2, let pixels = HostArray<UInt8>(arrays[0]), let places = HostArray<Int>(arrays[1]) else {
            throw HostLoadFailure(message: "ImageSurvey: found \(arrays.count) arrays, expected pixels and places")
        }
        images = KeptImages(pixels, places, channels: notes.form.channels)
    }

    /// Surveys the images of `files`. *Local.*
    /// - Parameter progress: told how many images of how many were decoded.
    init(_ files: LabeledFiles, _ request: ImageRequest, progress: (_ done: Int, _ of: Int) -> Void) throws {
        let parts = ImageParts(files.range, label: files.label, request)
        let form =
            try request.known?.form ?? Self.form(files, parts.training.spread(ImageRequest.mostForStatistics), request)
        var notes = Notes(form: form, statistics: .none(channels: form.channels))
        let needed = (parts.training + parts.test).sorted()
        let limit = request.settings.cache << 20
        let fits = needed.count <= limit / (form.keptHeight * form.keptWidth * form.channels)
        var images: KeptImages?
        if fits || request.settings.damaged == .skip {
            (images, notes.damaged) = try Self.decode(
                needed, of: files, form, limit: fits ? limit : 0, request, progress: progress)
        }
        if request.settings.damaged == .stop, !notes.damaged.isEmpty {
            throw DamagedImages(path: files.path, images: notes.damaged)
        }
        let store = images.map { ImageStore.memory($0) } ?? .files(files, form)
        notes.isInMemory = images != nil
        self.images = images
        switch request.settings.normalize {
        case _ where request.known != nil: notes.statistics = request.known?.statistics ?? notes.statistics
        case .none: break
        case .imagenet: notes.statistics = .imageNet(channels: form.channels)
        case .training:
            let intact = ImageParts(
                files.range, label: files.label, leavingOut: Set(notes.damaged.map(\.index)), request)
            notes.statistics = try Self.statistics(
                of: intact.training.spread(ImageRequest.mostForStatistics), in: store, form, request.threads)
        }
        self.notes = notes
    }

    /// The form of the images of these files, by their headers.
    static func form(_ files: LabeledFiles, _ chosen: [Int], _ request: ImageRequest) throws -> ImageForm {
        let headers = Mutex([Int: (height: Int, width: Int, isGray: Bool)]())
        try forEach(chosen.count, threads: request.threads) { index in
            do {
                let file = try ImageFile(path: files.path(chosen[index]))
                headers.withLock { $0[index] = (file.height, file.width, file.isGray) }
            } catch {
                if request.settings.damaged == .stop { throw error }
            }
        }
        let found = headers.withLock { $0 }
        return request.form(
            found.values.map { ($0.height, $0.width) }, areGray: found.values.allSatisfy(\.isGray))
    }

    /// Decodes images, and keeps them where they take at most `limit` bytes.
    private static func decode(
        _ needed: [Int], of files: LabeledFiles, _ form: ImageForm, limit: Int, _ request: ImageRequest,
        progress: (Int, Int) -> Void
    ) throws -> (KeptImages?, [DamagedImage]) {
        var builder = limit > 0 ? KeptImagesBuilder(channels: form.channels) : nil
        var damaged: [DamagedImage] = []
        try files.decode(needed, form, threads: request.threads, progress: progress) { file, result in
            switch result {
            case .success(let image): try builder?.append(image, as: file)
            case .failure(let error): damaged.append(DamagedImage(index: file, path: files.path(file), "\(error)"))
            }
            if builder?.byteCount ?? 0 > limit { builder = nil }
            return builder != nil || request.settings.damaged == .skip
        }
        return (try builder?.finish(count: files.count), damaged)
    }

    /// The statistics of some images.
    static func statistics(
        of chosen: [Int], in store: ImageStore, _ form: ImageForm, _ threads: Int
    ) throws -> ImageStatistics {
        let total = Mutex(PixelSums(channels: form.channels))
        try forEach(chosen.count, threads: threads) { index in
            var sums = PixelSums(channels: form.channels)
            try store.withImage(chosen[index]) { sums.add($0) }
            total.withLock { $0.add(sums) }
        }
        return total.withLock { $0 }.statistics
    }
}

/// An image that cannot be decoded, and why.
public struct DamagedImage: Codable, Sendable, Equatable {
    let index: Int
    let path, reason: String

    init(index: Int, path: String, _ reason: String) { (self.index, self.path, self.reason) = (index, path, reason) }
}

/// Images cannot be decoded, and none are to be left out.
struct DamagedImages: Error, CustomStringConvertible {
    let path: String
    let images: [DamagedImage]

    var description: String {
        let count = images.count == 1 ? "1 file that is" : "\(images.count) files that are"
        return
            "cannot use \(path): found \(count) no whole image, expected none; repair or remove, or leave them out (images.damaged=skip): "
            + images.listed(separator: "; ") { $0.reason }
    }
}

extension [Int] {
    /// At most `limit` of the numbers, at equal distances.
    func spread(_ limit: Int) -> [Int] {
        guard count > limit else { return self }
        return (0..<limit).map { self[$0 * count / limit] }
    }
}
