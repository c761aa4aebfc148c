import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("Data that cannot be used are refused, before anything is written")
struct BadDataTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    private func path(_ name: String) -> String { trainer.folder("data/" + name) }

    private func read(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: path(name))) }

    private func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try Data(bytes).write(to: URL(filePath: path(name)))
    }

    private func expectRefused(
        _ ranks: Int, mentioning parts: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let text = message { try trainer.train("run", ranks: ranks, trainer.images(["steps=5"])) }
        for part in parts { #expect(text.contains(part), "\(text)", sourceLocation: sourceLocation) }
        #expect(!text.contains("\n"), "\(text)", sourceLocation: sourceLocation)
        #expect(
            !FileManager.default.fileExists(atPath: trainer.folder("run")), "a run directory was made",
            sourceLocation: sourceLocation)
    }

    @Test("a folder that is not there", arguments: [1, 2])
    func noFolder(ranks: Int) throws {
        try FileManager.default.removeItem(atPath: trainer.folder("data"))
        try expectRefused(ranks, mentioning: [path(ExampleImages.trainingImages), "--data"])
    }

    @Test("one file that is not there", arguments: [1, 2])
    func noFile(ranks: Int) throws {
        try FileManager.default.removeItem(atPath: path(ExampleImages.testLabels))
        try expectRefused(ranks, mentioning: [path(ExampleImages.testLabels)])
    }

    @Test("a gzip file that is cut off; whole, it is read", arguments: [1, 2])
    func cutOff(ranks: Int) throws {
        let plain = try trainer.train("plain", ranks: ranks, trainer.images(["steps=5"])).model
        _ = try Job(["gzip", path(ExampleImages.trainingImages)], in: trainer.folder.path).finish()
        #expect(try trainer.train("whole", ranks: ranks, trainer.images(["steps=5"])).model == plain)
        let name = ExampleImages.trainingImages + ".gz"
        let bytes = try read(name)
        try write(bytes.prefix(bytes.count / 2), to: name)
        try expectRefused(ranks, mentioning: [path(name), "\(bytes.count / 2)", "gzip"])
    }

    @Test("a file with another IDX magic", arguments: [1, 2])
    func magic(ranks: Int) throws {
        try write([0, 0, 13] + read(ExampleImages.trainingImages).dropFirst(3), to: ExampleImages.trainingImages)
        try expectRefused(ranks, mentioning: [path(ExampleImages.trainingImages), "0x00000d03", "0x00000803"])
    }

    @Test("files with different numbers of images and labels", arguments: [1, 2])
    func counts(ranks: Int) throws {
        try write(
            ExampleImages.header([599]) + read(ExampleImages.trainingLabels).dropFirst(8).dropLast(),
            to: ExampleImages.trainingLabels)
        try expectRefused(
            ranks,
            mentioning: ["600", "599", path(ExampleImages.trainingImages), path(ExampleImages.trainingLabels)])
    }

    @Test("a label beyond the classes", arguments: [1, 2])
    func label(ranks: Int) throws {
        try write(read(ExampleImages.testLabels).dropLast() + [255], to: ExampleImages.testLabels)
        try expectRefused(ranks, mentioning: [path(ExampleImages.testLabels), "255", "0 to 9"])
    }

    @Test("an empty file", arguments: [1, 2])
    func empty(ranks: Int) throws {
        try write([], to: ExampleImages.trainingLabels)
        try expectRefused(ranks, mentioning: [path(ExampleImages.trainingLabels)])
    }

    @Test("no training images, or no test images", arguments: [1, 2])
    func noImages(ranks: Int) throws {
        for (images, labels) in [
            (ExampleImages.testImages, ExampleImages.testLabels),
            (ExampleImages.trainingImages, ExampleImages.trainingLabels),
        ] {
            try write(ExampleImages.header([0, 28, 28]), to: images)
            try write(ExampleImages.header([0]), to: labels)
            try expectRefused(ranks, mentioning: [path(images)])
        }
    }

    @Test("images without pixels", arguments: [1, 2])
    func noPixels(ranks: Int) throws {
        try write(ExampleImages.header([600, 0, 28]), to: ExampleImages.trainingImages)
        try expectRefused(ranks, mentioning: [path(ExampleImages.trainingImages)])
    }

    @Test("test images of another size than the training images", arguments: [1, 2])
    func otherSize(ranks: Int) throws {
        let count = ExampleImages.testCount
        try write(
            ExampleImages.header([count, 14, 14]) + Data(count: count * 196), to: ExampleImages.testImages)
        try expectRefused(ranks, mentioning: [path(ExampleImages.testImages), "14", "28"])
    }
}
