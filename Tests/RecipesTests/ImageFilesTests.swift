import Checkpoints
import Datasets
import Foundation
import Recipes
import RunRecords
import TestSupport
import Testing
import Training

@Suite("The recipe images")
struct ImageFilesTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    /// Writes `count` images for each of three classes into `folder`, of differing sizes: a bright band shows the class.
    private func write(_ folder: String, count: Int, sides: ClosedRange<Int> = 12...20, colors: Bool = true) throws {
        var random = SplitMix64(state: 5)
        for (band, name) in ["low", "middle", "top"].enumerated() {
            try trainer.folder.createFolder("\(folder)/\(name)")
            for number in 0..<count {
                let (height, width) = (Int.random(in: sides, using: &random), Int.random(in: sides, using: &random))
                let channels = colors ? 3 : 1
                var pixels: [UInt8] = []
                for row in 0..<height {
                    for _ in 0..<width * channels {
                        pixels.append(UInt8(random.next() >> 57) + (3 * row / height == band ? 100 : 0))
                    }
                }
                let file = PNGFile.encode(pixels, width: width, height: height, channels: channels)
                try trainer.folder.write(file, to: "\(folder)/\(name)/\(number).png")
            }
        }
    }

    private func values(_ data: String, _ more: [String]) -> [String] {
        let model = more.contains { $0.hasPrefix("model.name=") } ? [] : ["model.name=mlp", "model.hidden=[16]"]
        return [
            "data.path=\(trainer.folder(data))", "global_batch=9", "shards=4", "images.size=[10]", "epochs=2",
            "optimizer.learning_rate=0.05",
        ] + model + more
    }

    private func error(_ values: [String]) -> String {
        do {
            try trainer.train("bad-\(UUID().uuidString)", of: "images", values)
            return "none"
        } catch { return "\(error)".replacingOccurrences(of: trainer.folder.path, with: "DIR") }
    }

    static let augmented = [
        "augment.resized_crop=0.3", "augment.rotation=20", "augment.brightness=0.3", "augment.contrast=0.3",
        "augment.saturation=0.3", "augment.hue=0.2", "augment.flip=0.5", "augment.cutout=2", "augment.mixup=0.2",
    ]

    @Test(
        "trains to the same bytes on one to four ranks, from files, from memory and packed, on several threads, and resumed",
        arguments: [
            augmented, ["images.training_crop=random", "augment.shift=0.1"], ["model.name=resnet20", "steps=3"],
        ])
    func sameBytes(more: [String]) throws {
        try write("set", count: 10)
        let values = values("set", more + ["checkpoint.every=2", "checkpoint.keep=100"])
        let expected = try trainer.train("one", of: "images", values)
        func compare(_ run: String, ranks: Int, _ others: [String], from data: String = "set") throws {
            let found = try trainer.train(run, of: "images", ranks: ranks, values + others)
            #expect(found.model == expected.model && found.optimizer == expected.optimizer, "\(run)")
        }
        try compare("two", ranks: 2, ["images.cache=0"])
        try compare("three", ranks: 3, ["images.threads=3"])
        let packing = DataPacking(
            trainer.folder("set"), to: trainer.folder("set.pack"),
            overrides: [try SettingOverride(assignment: "images.size=[10]")], catalog: .all)
        let lines = try packing.run(reporter: .silent)
        #expect(lines[1].hasPrefix("30 images of 3 classes, 11×11 pixels at least, RGB; "))
        try compare("packed", ranks: 4, ["data.path=\(trainer.folder("set.pack"))"])
        // resumed on other ranks, from the packed file
        let newest = try #require(
            try trainer.folder.names(in: "two/checkpoints").filter { $0.hasPrefix("step-") }.max())
        try trainer.folder.remove("two/checkpoints/\(newest)")
        let resumed = try trainer.train(
            "two", of: "images", ranks: 3, resumes: true, ["data.path=\(trainer.folder("set.pack"))"])
        #expect(resumed.model == expected.model && resumed.optimizer == expected.optimizer)
    }

    @Test("learns which third is bright, and writes the confusion matrix of its last evaluation")
    func learns() throws {
        try write("set/train", count: 20)
        try write("set/test", count: 8)
        let checkpoint = try trainer.train("run", of: "images", values("set", ["epochs=20"]))
        let last = try #require(try trainer.metrics("run", "evaluation", ["accuracy", "samples"]).last)
        #expect(last[1] == 24 && (last[0] ?? 0) > 0.9)
        let directory = try RunDirectory.existing(at: trainer.folder("run"))
        let matrix = try #require(try ConfusionMatrix.read(directory))
        #expect(matrix.classes == ["low", "middle", "top"] && matrix.step == checkpoint.state.step)
        #expect(matrix.counts.map { $0.reduce(0, +) } == [8, 8, 8])
        let right = (0..<3).map { matrix.counts[$0][$0] }.reduce(0, +)
        #expect(Double(right) / 24 == last[0])

        // the same images and classes by their paths, with the predictions of the evaluation
        let prediction = try Prediction(path: trainer.folder("run"), catalog: .all)
        var rows: [String] = []
        try prediction.run(PredictionRequest(input: trainer.folder("set/test"))) { rows.append($0) }
        #expect(rows[0] == "image,class,probability,low,middle,top" && rows.count == 25)
        let found = rows.dropFirst().count { row in
            let fields = row.split(separator: ",")
            return fields[0].contains("/\(fields[1])/")
        }
        #expect(found == right)
        func firstFields(_ input: String?, index: Int? = nil) throws -> [[Substring]] {
            var (request, found) = (PredictionRequest(input: input), [[Substring]]())
            request.testSamples = index.map { [$0] } ?? []
            try prediction.run(request) { found.append($0.split(separator: ",").prefix(2).map { $0 }) }
            return found
        }
        let expected = rows.prefix(2).map { $0.split(separator: ",").prefix(2).map { $0 } }
        #expect(try firstFields(trainer.folder("set/test/low/0.png")) == expected)
        try trainer.folder.write("\(trainer.folder("set/test/low/0.png"))\n".utf8, to: "list")
        #expect(try firstFields(trainer.folder("list")) == expected)
        #expect(try firstFields(nil, index: 0)[1] == ["0", expected[1][1]])
    }

    @Test("names damaged files, or leaves them out and counts them")
    func damaged() throws {
        try write("set", count: 10)
        let good = try trainer.train("good", of: "images", values("set", []))
        let whole = try trainer.folder.read("set/low/3.png")
        for (name, bytes) in [("x", whole.dropLast(30)), ("y", whole.prefix(0)), ("z", Array("GIF89a".utf8)[...])] {
            try trainer.folder.write(bytes, to: "set/low/9\(name).png")
        }
        for cache in ["images.cache=100", "images.cache=0"] {
            let text = error(values("set", [cache]))
            #expect(text.contains("DIR/set/low/9"), "\(text)")
        }
        #expect(error(values("set", [])).contains("found "))
        // as if they were not there
        for (run, cache) in [("memory", "images.cache=100"), ("files", "images.cache=0")] {
            let found = try trainer.train(run, of: "images", ranks: 2, values("set", ["images.damaged=skip", cache]))
            #expect(found.model == good.model, "\(run)")
        }
        let overrides = try ["images.size=[10]", "images.damaged=skip"].map { try SettingOverride(assignment: $0) }
        let lines = try DataPacking(
            trainer.folder("set"), to: trainer.folder("set.pack"), overrides: overrides, catalog: .all
        ).run(reporter: .silent)
        #expect(lines.contains { $0.hasPrefix("left out 3 damaged files: ") })
        #expect(try trainer.train("packed", of: "images", values("set.pack", [])).model == good.model)
        #expect(throws: (any Error).self) {
            try DataPacking(trainer.folder("set"), to: trainer.folder("no.pack"), catalog: .all)
                .run(reporter: .silent)
        }
        #expect(!FileManager.default.fileExists(atPath: trainer.folder("no.pack")))
    }

    @Test("takes small images of one size as they are, gray ones with one channel")
    func ownSize() throws {
        try write("set", count: 6, sides: 14...14, colors: false)
        let values = [
            "data.path=\(trainer.folder("set"))", "model.name=lenet5", "global_batch=8", "shards=2", "steps=2",
        ]
        let checkpoint = try trainer.train("run", of: "images", values)
        let first = try #require(checkpoint.model.first { $0.name == "layers.0.weight" })
        #expect(first.shape == [5, 5, 1, 6])
        #expect(checkpoint.state.preparation?["image_files"]?.contains("\"height\":14") == true)
        #expect(error(values + ["images.size=[8]"]).contains("lenet5 takes images from 12 pixels a side on, found 8×8"))
        #expect(error(values + ["augment.hue=0.1"]).contains("augment.hue"))
        #expect(error(values + ["images.size=[8, 8, 8]"]).contains("images.size has 3 numbers"))
        #expect(error(values + ["data.path=none"]).contains("the recipe images needs --data"))
        try write("above/set", count: 1)
        #expect(error(self.values("above", [])).contains("DIR/above: found 1 class, \"set\", expected at least 2"))
    }

    @Test("refuses a packed file of other data, or of another size")
    func otherPacks() throws {
        try write("set", count: 6)
        let writer = try PackedWriter(
            path: trainer.folder("other"), kind: "sounds", fields: [PackedField("label", .int32)])
        try writer.append([PackedValue(Int32(1))])
        try writer.finish(notes: 1)
        #expect(error(values("other", [])).contains("found packed sounds, expected packed images"))
        let overrides = [try SettingOverride(assignment: "images.size=[10]")]
        _ = try DataPacking(trainer.folder("set"), to: trainer.folder("p"), overrides: overrides, catalog: .all)
            .run(reporter: .silent)
        #expect(error(values("p", ["images.size=[20]"])).contains("found images packed in 11×11 pixels at least, RGB"))
        #expect(error(values("p", ["images.channels=gray"])).contains("pack them anew with these settings"))
        #expect(error(values("p", ["images.size=[9]", "steps=1"])) == "none")
    }
}
