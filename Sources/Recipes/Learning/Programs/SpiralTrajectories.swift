public import Datasets
import Kernels
public import TensorEngine

/// Trajectories of `dy/dt = A·y³` in the plane, which spiral inward, observed at irregular times.
///
/// A = (-0.1, -2; 2, -0.1), as in the example of torchdiffeq. Trajectories begin at a radius of 0.5 to 2 and last 1;
/// each epoch has new ones.
public struct SpiralTrajectories: DrawnDataset {
    /// The number of trajectories.
    public let count: Int
    private let points: Int
    private let noise: Float
    private let draws: SampleDraws

    /// Some trajectories.
    public struct Batch: Sendable {
        /// Where they begin, [n, 2].
        public let start: Tensor
        /// The time from each observation to the next, [n, points].
        public let gaps: Tensor
        /// The observations, [n, points, 2].
        public let observations: Tensor
    }

    /// Trajectories of the settings; those to test on are others than those to train on, and have no noise.
    init(_ ode: ODESettings, seed: UInt64, isTest: Bool) {
        (count, noise) = isTest ? (ode.testTrajectories, 0) : (ode.trajectories, Float(ode.noise))
        (points, draws) = (ode.points, SampleDraws(seed: seed, isTest: isTest))
    }

    public func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        var (starts, gaps, observations): ([Float], [Float], [Float]) = ([], [], [])
        for sample in samples {
            var random = draws(sample, epoch: epoch)
            let radius = 0.5 + 1.5 * random.uniform()
            // a uniform angle by a point of the square within the circle
            var point = SIMD2<Float>(1, 1)
            while !(0.01...1).contains((point * point).sum()) {
                point = 2 * SIMD2(random.uniform(), random.uniform()) - 1
            }
            let start = point * (radius / (point * point).sum().squareRoot())
            starts += [start.x, start.y]
            let times = (0..<points).map { _ in random.uniform() }.sorted()
            let errors = Tensor(shape: [points, 2]) { random.fill($0, mean: 0, deviation: noise) }.values
            var state = SIMD2<Double>(start)
            for (index, (before, time)) in zip([0] + times, times).enumerated() {
                gaps.append(time - before)
                state = Self.moved(state, by: Double(time - before))
                observations += [Float(state.x) + errors[2 * index], Float(state.y) + errors[2 * index + 1]]
            }
        }
        let n = samples.count
        return Batch(
            start: Tensor(starts, shape: [n, 2]), gaps: Tensor(gaps, shape: [n, points]),
            observations: Tensor(observations, shape: [n, points, 2]))
    }

    /// dy/dt.
    private static func slope(_ y: SIMD2<Double>) -> SIMD2<Double> {
        let cubes = y * y * y
        return SIMD2(-0.1 * cubes.x - 2 * cubes.y, 2 * cubes.x - 0.1 * cubes.y)
    }

    /// The state some time later, by steps of Runge and Kutta of at most 0.01, whose error is below that of Float32.
    private static func moved(_ y: SIMD2<Double>, by time: Double) -> SIMD2<Double> {
        let steps = max(1, Int((time / 0.01).rounded(.up)))
        let h = time / Double(steps)
        return (0..<steps).reduce(y) { y, _ in
            let k1 = slope(y)
            let k2 = slope(y + h / 2 * k1)
            let k3 = slope(y + h / 2 * k2)
            let k4 = slope(y + h * k3)
            return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        }
    }
}
