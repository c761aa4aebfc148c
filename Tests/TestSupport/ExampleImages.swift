import Foundation

/// A small data set in the files of Fashion-MNIST: 600 training and 1,100 test images of 28×28 pixels.
///
/// A bright band shows the class, through noise; one label in ten is wrong, so that losses and gradients stay away
/// from 0 and every bit of them goes on to matter. The test images make three of the blocks that ranks share.
public enum ExampleImages {
    /// The number of images.
    public static let (trainingCount, testCount) = (600, 1100)

    /// The names of the files.
    public static let trainingImages = "train-images-idx3-ubyte"
    public static let trainingLabels = "train-labels-idx1-ubyte"
    public static let testImages = "t10k-images-idx3-ubyte"
    public static let testLabels = "t10k-labels-idx1-ubyte"

    /// Writes the four files into a new folder at `path`.
    public static func write(to path: String, training: Int = trainingCount, test: Int = testCount) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var random = SplitMix64(state: 7)
        for (images, labels, count) in [
            (trainingImages, trainingLabels, training), (testImages, testLabels, test),
        ] {
            var pixels = header([count, 28, 28])
            var classes = header([count])
            for _ in 0..<count {
                let band = random.next() % 10
                classes.append(UInt8(random.next() % 10 == 0 ? random.next() % 10 : band))
                for row in 0..<UInt64(28) {
                    for _ in 0..<28 { pixels.append(UInt8(random.next() >> 57) + (row / 3 == band ? 64 : 0)) }
                }
            }
            try Data(pixels).write(to: URL(filePath: "\(path)/\(images)"))
            try Data(classes).write(to: URL(filePath: "\(path)/\(labels)"))
        }
    }

    /// The header of an IDX file of unsigned bytes.
    public static func header(_ shape: [Int]) -> [UInt8] {
        [0, 0, 8, UInt8(shape.count)]
            + shape.flatMap { extent in withUnsafeBytes(of: UInt32(extent).bigEndian) { Array($0) } }
    }
}

/// A generator of pseudorandom numbers.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator {
    /// The state; any value.
    public var state: UInt64

    /// A generator with this state.
    public init(state: UInt64) { self.state = state }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
