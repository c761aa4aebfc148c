import Datasets
import Foundation
import Kernels
import TensorEngine

/// Points of the plane, drawn from eight normal distributions on a circle; new ones in each epoch.
///
/// Source: Metz, Poole, Pfau, Sohl-Dickstein, "Unrolled generative adversarial networks", 2017, appendix A: means on a circle of
/// radius 2, standard deviation 0.02.
struct GaussianMixture: DrawnDataset {
    static let modes = 8
    static let radius = 2.0
    static let deviation = 0.02

    let count: Int
    let draws: SampleDraws

    /// Some points.
    struct Batch: Sendable {
        /// The numbers of the points.
        let samples: [Int]
        /// [n, 2]
        let points: Tensor
    }

    /// The mean of a mode.
    static func center(_ mode: Int) -> (x: Double, y: Double) {
        let angle = 2 * Double.pi * Double(mode) / Double(modes)
        return (radius * cos(angle), radius * sin(angle))
    }

    func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        let points = Tensor(shape: [samples.count, 2]) { elements in
            for (row, sample) in samples.enumerated() {
                var random = draws(sample, epoch: epoch)
                let center = Self.center(Int(random.nextWord() % UInt32(Self.modes)))
                let point = UnsafeMutableBufferPointer(rebasing: elements[2 * row..<2 * row + 2])
                random.fill(point, mean: 0, deviation: Float(Self.deviation))
                point[0] += Float(center.x)
                point[1] += Float(center.y)
            }
        }
        return Batch(samples: samples, points: points)
    }

    /// For each mode the points within three standard deviations of its mean.
    static func hits(_ points: Tensor) -> [Int] {
        let values = points.values
        return (0..<modes).map { mode in
            let center = center(mode)
            return stride(from: 0, to: values.count, by: 2).count { index in
                let (x, y) = (Double(values[index]) - center.x, Double(values[index + 1]) - center.y)
                return x * x + y * y <= 9 * deviation * deviation
            }
        }
    }
}
