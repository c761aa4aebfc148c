import Foundation

/// A trajectory of the No-U-Turn sampler: doubled until it turns back, with a multinomial draw from its points.
///
/// Sources: Hoffman and Gelman, "The No-U-Turn sampler", 2014; Betancourt, "A conceptual introduction to Hamiltonian Monte
/// Carlo", 2017, appendix A: multinomial sampling and the generalized criterion, checked across subtrees as in Stan.
struct NoUTurnTree {
    private let density: any LogDensity
    private let metric: Metric
    private let stepSize: Double
    private let startEnergy: Double
    private var random: ChainRandom
    /// The point that the trajectory grows from.
    private var front: PhaseState
    private var acceptanceSum = 0.0
    private var steps = 0
    private var isDivergent = false

    /// A larger error of the energy is a divergence.
    private static let largestError = 1000.0

    /// A part of the trajectory.
    private struct Subtree {
        /// The logarithm of the sum of e^(H₀ - H) over its points.
        var logWeight: Double
        /// The sum of the momenta.
        var momentum: [Double]
        /// Momenta and velocities at both ends, in the order in which it grew.
        var first, last, firstVelocity, lastVelocity: [Double]
        /// A point drawn from it.
        var draw: PhaseState
    }

    private init(_ start: PhaseState, _ density: any LogDensity, _ metric: Metric, step: Double, _ random: ChainRandom)
    {
        (self.density, self.metric, stepSize, self.random) = (density, metric, step, random)
        (front, startEnergy) = (start, start.energy(metric))
    }

    /// A draw from a trajectory through `start`, which has a momentum.
    static func sample(
        from start: PhaseState, _ density: any LogDensity, _ metric: Metric, step: Double, maxDepth: Int,
        _ random: ChainRandom
    ) -> (state: PhaseState, transition: Transition) {
        var tree = NoUTurnTree(start, density, metric, step: step, random)
        return tree.grow(from: start, maxDepth: maxDepth)
    }

    private mutating func grow(from start: PhaseState, maxDepth: Int) -> (PhaseState, Transition) {
        let velocity = metric.velocity(start.momentum)
        // `first` is the backward end, `last` the forward end
        var whole = Subtree(
            logWeight: 0, momentum: start.momentum, first: start.momentum, last: start.momentum,
            firstVelocity: velocity, lastVelocity: velocity, draw: start)
        var (backward, forward, depth) = (start, start, 0)
        while depth < maxDepth {
            let goesForward = random.uniform() > 0.5
            front = goesForward ? forward : backward
            guard let grown = subtree(depth, step: goesForward ? stepSize : -stepSize) else { break }
            if goesForward { forward = front } else { backward = front }
            depth += 1
            let isTaken = random.uniform() < exp(grown.logWeight - whole.logWeight)
            // the new part in the order of time
            let part =
                goesForward
                ? grown
                : Subtree(
                    logWeight: grown.logWeight, momentum: grown.momentum, first: grown.last, last: grown.first,
                    firstVelocity: grown.lastVelocity, lastVelocity: grown.firstVelocity, draw: grown.draw)
            let (left, right) = goesForward ? (whole, part) : (part, whole)
            let goesOn = Self.isStraight(left, right)
            let draw = isTaken ? grown.draw : whole.draw
            whole = Self.joined(left, right, draw: draw)
            if !goesOn { break }
        }
        let transition = Transition(
            acceptance: steps > 0 ? acceptanceSum / Double(steps) : 0, steps: steps, depth: depth,
            isDivergent: isDivergent)
        return (whole.draw, transition)
    }

    /// 2^depth steps on from `front`; nil where a part turns back or diverges.
    private mutating func subtree(_ depth: Int, step: Double) -> Subtree? {
        if depth == 0 { return leaf(step: step) }
        guard let first = subtree(depth - 1, step: step), let second = subtree(depth - 1, step: step) else {
            return nil
        }
        let logWeight = Self.logSum(first.logWeight, second.logWeight)
        let isSecond = random.uniform() < exp(second.logWeight - logWeight)
        guard Self.isStraight(first, second) else { return nil }
        return Self.joined(first, second, draw: isSecond ? second.draw : first.draw)
    }

    private mutating func leaf(step: Double) -> Subtree? {
        front.leapfrog(density, metric, step: step)
        steps += 1
        let error = front.energy(metric) - startEnergy
        acceptanceSum += error.isNaN ? 0 : min(1, exp(-error))
        guard error <= Self.largestError else {
            isDivergent = true
            return nil
        }
        let velocity = metric.velocity(front.momentum)
        return Subtree(
            logWeight: -error, momentum: front.momentum, first: front.momentum, last: front.momentum,
            firstVelocity: velocity, lastVelocity: velocity, draw: front)
    }

    private static func joined(_ left: Subtree, _ right: Subtree, draw: PhaseState) -> Subtree {
        var momentum = left.momentum
        for i in momentum.indices { momentum[i] += right.momentum[i] }
        return Subtree(
            logWeight: logSum(left.logWeight, right.logWeight), momentum: momentum, first: left.first,
            last: right.last, firstVelocity: left.firstVelocity, lastVelocity: right.lastVelocity, draw: draw)
    }

    /// Whether two adjacent parts have not turned back, as a whole nor where they meet.
    private static func isStraight(_ left: Subtree, _ right: Subtree) -> Bool {
        isStraight(left.firstVelocity, right.lastVelocity, left.momentum, right.momentum)
            && isStraight(left.firstVelocity, right.firstVelocity, left.momentum, right.first)
            && isStraight(left.lastVelocity, right.lastVelocity, right.momentum, left.last)
    }

    /// Whether both ends move along the sum a + b of the momenta.
    private static func isStraight(_ begin: [Double], _ end: [Double], _ a: [Double], _ b: [Double]) -> Bool {
        var (beginning, ending) = (0.0, 0.0)
        for i in a.indices {
            let sum = a[i] + b[i]
            beginning += begin[i] * sum
            ending += end[i] * sum
        }
        return beginning > 0 && ending > 0
    }

    private static func logSum(_ a: Double, _ b: Double) -> Double {
        let high = max(a, b)
        return high == -.infinity ? high : high + log(exp(a - high) + exp(b - high))
    }
}
