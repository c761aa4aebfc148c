import Datasets
import Foundation
import TensorEngine
import Testing
import TestSupport

@Suite("Fashion-MNIST")
struct FashionMNISTTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    static let isInstalled = FileManager.default.fileExists(atPath: FashionMNIST.defaultDirectory)

    @Test("is found by the original names, with and without .gz")
    func names() throws {
        try folder.write(gzip(idx([1, 28, 28], noise(784))), to: "train-images-idx3-ubyte.gz")
        try folder.write(idx([1], [3]), to: "train-labels-idx1-ubyte")
        try folder.write(idx([2, 28, 28], noise(1568)), to: "t10k-images-idx3-ubyte")
        try folder.write(gzip(idx([2], [3, 4])), to: "t10k-labels-idx1-ubyte.gz")
        #expect(try FashionMNIST.load(from: folder.path, part: .train).count == 1)
        #expect(try FashionMNIST.load(from: folder.path, part: .test).count == 2)
    }

    @Test("that is not there is an error that says where it was looked for and how to get it")
    func missing() {
        let path = folder("none/train-images-idx3-ubyte")
        #expect(
            complaint { _ = try FashionMNIST.load(from: folder("none"), part: .train) }
                == "found no data at \(path).gz or \(path); --data must name the folder that has the four files of the data "
                + "set, with these names")
    }

    @Test("as Debian packs it has mean 0 and deviation 1 after normalization", .enabled(if: isInstalled))
    func installed() throws {
        let test = try FashionMNIST.load(part: .test)
        #expect(test.count == 10_000)
        let train = try FashionMNIST.load(part: .train, layout: .images)
        #expect(train.count == 60_000)
        let batch = train.batch(of: Array(0..<60_000))
        #expect(batch.inputs.shape == [60_000, 28, 28, 1])
        let (sum, squares) = batch.inputs.withElements { values in
            values.reduce(into: (0.0, 0.0)) { sums, value in
                sums.0 += Double(value)
                sums.1 += Double(value) * Double(value)
            }
        }
        let mean = sum / Double(batch.inputs.shape.count)
        #expect(abs(mean) < 1e-3)
        #expect(abs((squares / Double(batch.inputs.shape.count) - mean * mean).squareRoot() - 1) < 1e-3)
        // 6000 images of each of the ten classes.
        let perClass = batch.labels.values.reduce(into: [:]) { counts, label in counts[label, default: 0] += 1 }
        #expect(perClass == Dictionary(uniqueKeysWithValues: (0..<10).map { (Int32($0), 6000) }))
    }
}
