public import Datasets
import Kernels
public import TensorEngine

/// Trajectories of `dy/dt = A·y³` in the plane, which spiral inward, observed at irregular times.
///
/// A = (-0.1, -2; 2, -0.1), as in the example of torchdiffeq. Trajectories begin at a radius of 0.5 to 2 and last 1;
/// each epoch has new ones.
public struct SpiralTrajectories: Dataset {
    /// The number of trajectories.
    public let count: Int
    private let points: Int
    private let noise: Float
    private let seed, part: UInt64

    /// Some trajectories.
    public struct Batch: Sendable {
        /// Where they begin, [n, 2].
        public let start: Tensor
        /// The time from each observation to the next, [n, points].
        public let gaps: Tensor
        /// The observations, [n, points, 2].
        public let observations: Tensor
    }

    /// `count` trajectories; those to test on are others than those to train on, and have no noise.
    init(count: Int, points: Int, noise: Float, seed: UInt64, isTest: Bool) {
        (self.count, self.points, self.seed) = (count, points, seed)
        self.noise = isTest ? 0 : noise
        part = isTest ? 1 << 63 : 0
    }

    public func batch(of samples: [Int]) -> Batch { trainingBatch(of: samples, epoch: 0) }

    public func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        var (starts, gaps, observations): ([Float], [Float], [Float]) = ([], [], [])
        for sample in samples {
            var random = PhiloxGenerator(
                seed: seed, purpose: .sampling, stream: part | UInt64(epoch) << 32 | UInt64(sample))
            let radius = 0.5 + 1.5 * random.uniform()
            // a uniform angle by a point of the square within the circle
            var (x, y): (Float, Float) = (1, 1)
            while x * x + y * y > 1 || x * x + y * y < 0.01 {
                (x, y) = (2 * random.uniform() - 1, 2 * random.uniform() - 1)
            }
            let scale = radius / (x * x + y * y).squareRoot()
            var state = (Double(x * scale), Double(y * scale))
            starts += [Float(state.0), Float(state.1)]
            let times = (0..<points).map { _ in random.uniform() }.sorted()
            var before: Float = 0
            let errors = Tensor(shape: [points, 2]) { random.fill($0, mean: 0, deviation: noise) }.values
            for (index, time) in times.enumerated() {
                gaps.append(time - before)
                state = Self.moved(state, by: Double(time - before))
                before = time
                observations += [Float(state.0) + errors[2 * index], Float(state.1) + errors[2 * index + 1]]
            }
        }
        let n = samples.count
        return Batch(
            start: Tensor(starts, shape: [n, 2]), gaps: Tensor(gaps, shape: [n, points]),
            observations: Tensor(observations, shape: [n, points, 2]))
    }

    /// dy/dt.
    static func slope(_ y: (Double, Double)) -> (Double, Double) {
        let cubes = (y.0 * y.0 * y.0, y.1 * y.1 * y.1)
        return (-0.1 * cubes.0 - 2 * cubes.1, 2 * cubes.0 - 0.1 * cubes.1)
    }

    /// The state some time later, by steps of Runge and Kutta of at most 0.01, whose error is below that of Float32.
    private static func moved(_ y: (Double, Double), by time: Double) -> (Double, Double) {
        let steps = max(1, Int((time / 0.01).rounded(.up)))
        let h = time / Double(steps)
        func at(_ y: (Double, Double), _ k: (Double, Double), _ h: Double) -> (Double, Double) {
            (y.0 + h * k.0, y.1 + h * k.1)
        }
        var y = y
        for _ in 0..<steps {
            let k1 = slope(y)
            let k2 = slope(at(y, k1, h / 2))
            let k3 = slope(at(y, k2, h / 2))
            let k4 = slope(at(y, k3, h))
            y = (
                y.0 + h / 6 * (k1.0 + 2 * k2.0 + 2 * k3.0 + k4.0), y.1 + h / 6 * (k1.1 + 2 * k2.1 + 2 * k3.1 + k4.1)
            )
        }
        return y
    }
}
