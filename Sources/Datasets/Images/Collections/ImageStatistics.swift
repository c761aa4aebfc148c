import CKernels

/// Mean and standard deviation of each channel of some images, of pixels from 0 to 1.
public struct ImageStatistics: Codable, Sendable, Equatable {
    /// A number for each channel.
    public var mean, deviation: [Double]

    /// These numbers.
    public init(mean: [Double], deviation: [Double]) { (self.mean, self.deviation) = (mean, deviation) }

    /// Those of ImageNet, with which torchvision's models were trained; their means for gray images.
    public static func imageNet(channels: Int) -> ImageStatistics {
        channels == 3
            ? ImageStatistics(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
            : ImageStatistics(mean: [0.449], deviation: [0.226])
    }

    /// Pixels from 0 to 1, as they are.
    public static func none(channels: Int) -> ImageStatistics {
        ImageStatistics(mean: Array(repeating: 0, count: channels), deviation: Array(repeating: 1, count: channels))
    }

    /// Whether all numbers can be used, of a file that may have been edited.
    public func isValid(channels: Int) -> Bool {
        mean.count == channels && deviation.count == channels && mean.allSatisfy { abs($0) < 1000 }
            && deviation.allSatisfy { $0 > 1e-6 && $0 < 1000 }
    }

    /// What a byte is multiplied by, and what is added then.
    var scaleAndShift: (scale: [Float], shift: [Float]) {
        (deviation.map { Float(1 / (255 * $0)) }, zip(mean, deviation).map { Float(-$0 / $1) })
    }
}

/// Sums of images' pixels and of their squares, of each channel: whole numbers, the same in any order.
struct PixelSums: Sendable {
    private var sums: [UInt64]
    private var count: UInt64 = 0

    init(channels: Int) { sums = Array(repeating: 0, count: 2 * channels) }

    /// Adds an image.
    mutating func add(_ area: PixelArea) {
        for row in 0..<area.height {
            lockstep_image_sums(area.start + row * area.stride, area.width, Int32(area.channels), &sums)
        }
        count += UInt64(area.height * area.width)
    }

    /// Adds the images of other sums.
    mutating func add(_ other: PixelSums) {
        for index in sums.indices { sums[index] += other.sums[index] }
        count += other.count
    }

    /// Mean and deviation. A channel that is the same everywhere has the deviation 1.
    var statistics: ImageStatistics {
        let channels = sums.count / 2
        let n = Double(max(1, count)) * 255
        let mean = (0..<channels).map { Double(sums[$0]) / n }
        let deviation = (0..<channels).map { channel in
            let variance = Double(sums[channels + channel]) / (n * 255) - mean[channel] * mean[channel]
            return variance > 1e-9 ? variance.squareRoot() : 1
        }
        return ImageStatistics(mean: mean, deviation: deviation)
    }
}
