import Foundation
import Testing

extension EndToEnd {
    @Suite("Data that cannot be used are refused in one line, before anything is written")
    struct BadDataTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        static let launches: [Launch] = [.alone, .ranks(2)]

        private func path(_ name: String) -> String { place.folder("data/" + name) }

        private func read(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: path(name))) }

        private func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
            try Data(bytes).write(to: URL(filePath: path(name)))
        }

        private func expectRefused(
            _ launch: Launch, mentioning parts: [String], sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let outcome = try place.attempt(launch, place.training("run", ["--steps", "5"]), within: 20)
            expectRefusal(outcome, mentioning: parts, sourceLocation: sourceLocation)
            #expect(
                !FileManager.default.fileExists(atPath: place.folder("run")), "a run directory was made",
                sourceLocation: sourceLocation)
        }

        @Test("a folder that is not there", arguments: launches)
        func noFolder(launch: Launch) throws {
            try FileManager.default.removeItem(atPath: place.folder("data"))
            try expectRefused(launch, mentioning: [path(ExampleImages.trainingImages), "--data"])
        }

        @Test("one file that is not there", arguments: launches)
        func noFile(launch: Launch) throws {
            try FileManager.default.removeItem(atPath: path(ExampleImages.testLabels))
            try expectRefused(launch, mentioning: [path(ExampleImages.testLabels)])
        }

        @Test("a gzip file that is cut off; whole, it is read", arguments: launches)
        func cutOff(launch: Launch) throws {
            let plain = try place.train(launch, "plain", ["--steps", "5"]).saved
            _ = try Job(["gzip", path(ExampleImages.trainingImages)], in: place.folder.path).finish()
            #expect(try place.train(launch, "whole", ["--steps", "5"]).saved == plain)
            let name = ExampleImages.trainingImages + ".gz"
            let bytes = try read(name)
            try write(bytes.prefix(bytes.count / 2), to: name)
            try expectRefused(launch, mentioning: [path(name), "\(bytes.count / 2)", "gzip"])
        }

        @Test("a file with another IDX magic", arguments: launches)
        func magic(launch: Launch) throws {
            try write([0, 0, 13] + read(ExampleImages.trainingImages).dropFirst(3), to: ExampleImages.trainingImages)
            try expectRefused(launch, mentioning: [path(ExampleImages.trainingImages), "0x00000d03", "0x00000803"])
        }

        @Test("files with different numbers of images and labels", arguments: launches)
        func counts(launch: Launch) throws {
            try write(
                ExampleImages.header([599]) + read(ExampleImages.trainingLabels).dropFirst(8).dropLast(),
                to: ExampleImages.trainingLabels)
            try expectRefused(
                launch,
                mentioning: ["600", "599", path(ExampleImages.trainingImages), path(ExampleImages.trainingLabels)])
        }

        @Test("a label beyond the classes", arguments: launches)
        func label(launch: Launch) throws {
            try write(read(ExampleImages.testLabels).dropLast() + [255], to: ExampleImages.testLabels)
            try expectRefused(launch, mentioning: [path(ExampleImages.testLabels), "255", "0 to 9"])
        }

        @Test("an empty file", arguments: launches)
        func empty(launch: Launch) throws {
            try write([], to: ExampleImages.trainingLabels)
            try expectRefused(launch, mentioning: [path(ExampleImages.trainingLabels)])
        }

        @Test("no training images, or no test images", arguments: launches)
        func noImages(launch: Launch) throws {
            for (images, labels) in [
                (ExampleImages.testImages, ExampleImages.testLabels),
                (ExampleImages.trainingImages, ExampleImages.trainingLabels),
            ] {
                try write(ExampleImages.header([0, 28, 28]), to: images)
                try write(ExampleImages.header([0]), to: labels)
                try expectRefused(launch, mentioning: [path(images)])
            }
        }

        @Test("images without pixels", arguments: launches)
        func noPixels(launch: Launch) throws {
            try write(ExampleImages.header([600, 0, 28]), to: ExampleImages.trainingImages)
            try expectRefused(launch, mentioning: [path(ExampleImages.trainingImages)])
        }

        @Test("test images of another size than the training images", arguments: launches)
        func otherSize(launch: Launch) throws {
            let count = ExampleImages.testCount
            try write(
                ExampleImages.header([count, 14, 14]) + Data(count: count * 196), to: ExampleImages.testImages)
            try expectRefused(launch, mentioning: [path(ExampleImages.testImages), "14", "28"])
        }
    }
}
