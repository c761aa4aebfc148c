import Datasets
import Foundation
import LearningRecipes
import Settings
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("The recipe self-supervised")
struct SelfSupervisedTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Views of 40 images whose pixel in row r and column c is `pixel(r, c)`.
    private func views(_ values: [String], pixel: (Int, Int) -> Int) throws -> ImageViews {
        let images = (0..<40).flatMap { _ in (0..<784).map { UInt8(pixel($0 / 28, $0 % 28)) } }
        try FileManager.default.createDirectory(atPath: folder("data"), withIntermediateDirectories: true)
        for part in ["train", "t10k"] {
            try folder.write(ExampleImages.header([40, 28, 28]) + images, to: "data/\(part)-images-idx3-ubyte")
            try folder.write(
                ExampleImages.header([40]) + (0..<40).map { UInt8($0 % 10) }, to: "data/\(part)-labels-idx1-ubyte")
        }
        let made = try LearningTask(SelfSupervisedRecipe(), ["model.width=2"] + values, in: folder)
        return try #require(made.task.trainingData as? ImageViews)
    }

    private func images(_ tensor: Tensor) -> [[Float]] { (0..<tensor.shape[0]).map { tensor[$0..<$0 + 1].values } }

    /// An image that grows by one step a column is linear in a view: its slope is the share of the width that is shown, whose sign
    /// says whether the view is mirrored. With a ratio of 4:3 at most, at least √(0.25·3/4) of a side is shown.
    @Test("A view shows a part of the image, resized, and mirrored with the given probability")
    func crops() throws {
        for flip in ["0", "1", "0.5"] {
            let views = try views(["self_supervised.flip=\(flip)", "self_supervised.jitter=0"]) { 9 * $1 }
            let batch = views.trainingBatch(of: Array(0..<40), epoch: 0)
            let slopes = (images(batch.first) + images(batch.second)).map { image in
                let slope = (image[15] - image[12]) / 3
                // the same in all rows; linear but at the edges, where the nearest pixel counts
                let isLinear = (0..<28).allSatisfy { row in
                    (4..<24).allSatisfy { column in
                        let place = 28 * row + column
                        return abs(image[place + 1] - image[place] - slope) < 1e-4
                    }
                }
                #expect(isLinear)
                return Double(slope) * 255 / 9
            }
            for slope in slopes { #expect((0.43...1.0001).contains(abs(slope))) }
            let mirrored = slopes.count { $0 < 0 }
            #expect(flip == "0.5" ? (20...60).contains(mirrored) : mirrored == (flip == "1" ? 80 : 0))
            // some show the whole width, the others different shares
            #expect(Set(slopes.map { abs($0) }.filter { $0 < 0.99 }).count > 40)
        }
    }

    @Test("Brightness changes by a factor within the jitter, contrast leaves an even image as it is")
    func jitter() throws {
        let views = try views(["self_supervised.jitter=0.3"]) { _, _ in 102 }
        let all = images(views.trainingBatch(of: Array(0..<40), epoch: 0).first)
        let factors = all.map { image in
            #expect(image.allSatisfy { abs($0 - image[0]) < 1e-5 })
            return image[0] / 0.4
        }
        #expect(factors.allSatisfy { (0.6999...1.3001).contains($0) })
        #expect(factors.contains { $0 < 0.9 } && factors.contains { $0 > 1.1 })
    }

    @Test("Views are functions of epoch and sample alone, and the two are different")
    func keys() throws {
        let views = try views([]) { 7 * $0 + $1 }
        let batch = views.trainingBatch(of: [5, 8], epoch: 3)
        #expect(images(batch.first)[1] == images(views.trainingBatch(of: [8], epoch: 3).first)[0])
        #expect(images(batch.first)[1] != images(views.trainingBatch(of: [8], epoch: 4).first)[0])
        #expect(images(batch.first) != images(batch.second))
        #expect(images(batch.first)[0] != images(batch.first)[1])
    }

    /// Of reference_probe.py, by scikit-learn.
    @Test("Neighbors and the linear classifier are right as often as scikit-learn's")
    func probe() throws {
        func points(_ start: Int, _ count: Int) -> (features: Tensor, labels: [Int32]) {
            let centers: [[Double]] = [[1, 0, 0.5, 0], [0, 1, 0, 0.5], [0.4, 0.4, 0.8, 0.2]]
            let numbers = start..<start + count
            let features = numbers.flatMap { number in
                let square = Double(number * number)
                let noise = [sin(1.7 * square), cos(2.3 * square), sin(0.9 * square + 1), cos(square * 0.31)]
                return zip(centers[number % 3], noise).map { Float($0 + 0.8 * $1) }
            }
            return (Tensor(features, shape: [count, 4]), numbers.map { Int32($0 % 3) })
        }
        let (training, test) = (points(0, 150), points(1000, 200))
        for (neighbors, expected) in [(1, 141), (5, 144), (20, 140)] {
            let probe = FeatureProbe(training.features, training.labels, classes: 3, neighbors: neighbors)
            let found = probe.correct(test.features, Indices(test.labels))
            #expect(found.neighbors == expected)
            #expect(found.linear == 140)
        }
    }

    @Test("Features that are all equal are no reason to stop: each test sample is taken for the first class")
    func equalFeatures() {
        let probe = FeatureProbe(
            Tensor(repeating: 0, shape: [6, 3]), [0, 1, 2, 0, 1, 2], classes: 3, neighbors: 10)
        let found = probe.correct(Tensor(repeating: 0, shape: [4, 3]), Indices([0, 1, 2, 0]))
        #expect(found.neighbors == 2 && found.linear == 2)
    }
}
