import Foundation

/// A Markov chain that samples a density by Hamiltonian dynamics: NUTS or HMC, with Stan's warm-up.
///
/// Its random numbers are keyed by (seed, number of the chain, iteration): chains may run anywhere, in any order. *Local.*
public struct Chain: Sendable {
    /// The density.
    public let density: any LogDensity
    /// How it samples.
    public let settings: SamplerSettings
    /// The number of the chain.
    public let number: Int
    /// Iterations done.
    public private(set) var iteration = 0
    /// The step size of the next iteration.
    public private(set) var stepSize = 1.0
    private let seed: UInt64
    private let windows: WarmupWindows
    private var state: PhaseState
    private var metric: Metric
    private var averaging = DualAveraging()
    private var covariance: CovarianceEstimate

    /// A chain at its random start, where the density is not 0.
    ///
    /// Throws `NoInitialPosition` where the density or its gradient is not finite at 100 random positions.
    public init(_ density: any LogDensity, _ settings: SamplerSettings, seed: UInt64, number: Int) throws {
        (self.density, self.settings, self.seed, self.number) = (density, settings, seed, number)
        windows = WarmupWindows(warmup: settings.warmup)
        metric = Metric(settings.metric, dimension: density.dimension)
        covariance = CovarianceEstimate(settings.metric, dimension: density.dimension)
        state = try Self.start(density, settings, seed: seed, number: number)
        findStepSize()
        averaging.restart(at: stepSize)
    }

    private static func start(
        _ density: any LogDensity, _ settings: SamplerSettings, seed: UInt64, number: Int
    ) throws -> PhaseState {
        var random = ChainRandom(seed: seed, chain: number, iteration: 0)
        for _ in 0..<attempts {
            let position = (0..<density.dimension).map { _ in (2 * random.uniform() - 1) * settings.initialRadius }
            let state = PhaseState(density, at: position)
            if state.logDensity.isFinite && state.gradient.allSatisfy(\.isFinite) { return state }
        }
        throw NoInitialPosition(chain: number, attempts: attempts)
    }

    private static let attempts = 100

    /// The coordinates, `density.dimension` of them.
    public var position: [Double] { state.position }
    /// The log density there.
    public var logDensity: Double { state.logDensity }
    /// The values of the density's quantities there.
    public var draw: [Double] { density.report(at: state.position) }
    /// Whether the next iteration still adapts.
    public var isWarmingUp: Bool { iteration < settings.warmup }
    /// The inverse mass matrix: variances, or a matrix row by row.
    public var inverseMassMatrix: [Double] { metric.inverse }

    /// Makes one iteration.
    public mutating func advance() -> Transition {
        let adapts = isWarmingUp
        iteration += 1
        var random = ChainRandom(seed: seed, chain: number, iteration: iteration)
        state.momentum = metric.drawMomentum(&random)
        let transition: Transition
        switch settings.method {
        case .nuts(let maxDepth):
            (state, transition) = NoUTurnTree.sample(
                from: state, density, metric, step: stepSize, maxDepth: maxDepth, random)
        case .hmc(let steps): transition = moveByHMC(steps: steps, &random)
        }
        if adapts { adapt(transition) }
        return transition
    }

    /// A trajectory of fixed length, whose end is taken or not. Source: Neal, "MCMC using Hamiltonian dynamics", 2011.
    private mutating func moveByHMC(steps: Int, _ random: inout ChainRandom) -> Transition {
        let energy = state.energy(metric)
        // an uneven length, lest the trajectory return to where it began
        let step = stepSize * (0.9 + 0.2 * random.uniform())
        var end = state
        for _ in 0..<steps { end.leapfrog(density, metric, step: step) }
        let error = end.energy(metric) - energy
        let acceptance = error.isNaN ? 0 : min(1, exp(-error))
        if random.uniform() < acceptance { state = end }
        return Transition(acceptance: acceptance, steps: steps, depth: 0, isDivergent: !(error <= 1000))
    }

    private mutating func adapt(_ transition: Transition) {
        stepSize = averaging.update(acceptance: transition.acceptance, target: settings.targetAcceptance)
        if windows.learning?.contains(iteration) == true { covariance.add(state.position) }
        if windows.ends.contains(iteration) {
            metric.set(covariance.regularized)
            covariance.restart()
            findStepSize()
            averaging.restart(at: stepSize)
        }
        if iteration == settings.warmup { stepSize = averaging.result }
    }

    /// Doubles or halves the step size until one step has an acceptance probability on the other side of 0.8, as Stan does.
    private mutating func findStepSize() {
        var random = ChainRandom(seed: seed, chain: number, iteration: 1 << 31 | iteration)
        func gain(_ size: Double) -> Double {
            var point = state
            point.momentum = metric.drawMomentum(&random)
            let energy = point.energy(metric)
            point.leapfrog(density, metric, step: size)
            let gain = energy - point.energy(metric)
            return gain.isNaN ? -.infinity : gain
        }
        let grows = gain(stepSize) > log(0.8)
        for _ in 0..<100 {
            stepSize *= grows ? 2 : 0.5
            if (gain(stepSize) > log(0.8)) != grows { return }
        }
    }
}

/// A chain found no position at which the density is not 0.
public struct NoInitialPosition: Error, CustomStringConvertible {
    let chain, attempts: Int
    /// What was tried, and what to do.
    public var description: String {
        "chain \(chain) found no finite log density and gradient at \(attempts) random positions; check the density, or use a smaller initial radius"
    }
}

extension Chain {
    /// The numbers that `restore` takes: as many for each chain of a density and settings.
    public var saved: [Double] {
        state.position + [Double(iteration), stepSize]
            + [averaging.center, averaging.error, averaging.average, averaging.count, covariance.count]
            + metric.inverse + covariance.mean + covariance.sums
    }

    /// Puts a chain of the same density, settings, seed and number where it was; false, and unchanged, for numbers that no such
    /// chain has saved.
    public mutating func restore(_ saved: [Double]) -> Bool {
        guard saved.count == self.saved.count, saved.allSatisfy(\.isFinite) else { return false }
        var rest = saved[...]
        func take(_ count: Int) -> [Double] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        let position = take(density.dimension)
        let numbers = take(7)
        guard numbers[0] >= 0, numbers[0] < 0x1p31, numbers[1] > 0 else { return false }
        (iteration, stepSize) = (Int(numbers[0]), numbers[1])
        (averaging.center, averaging.error) = (numbers[2], numbers[3])
        (averaging.average, averaging.count, covariance.count) = (numbers[4], numbers[5], numbers[6])
        metric.set(take(metric.inverse.count))
        covariance.mean = take(covariance.mean.count)
        covariance.sums = take(covariance.sums.count)
        state = PhaseState(density, at: position)
        return true
    }
}
