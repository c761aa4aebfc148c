/// A point of a trajectory: position and momentum, with the log density there and its gradient.
package struct PhaseState {
    package var position, momentum, gradient: [Double]
    package var logDensity: Double

    /// The point at `position`, at rest.
    package init(_ density: any LogDensity, at position: [Double]) {
        self.position = position
        momentum = [Double](repeating: 0, count: position.count)
        gradient = momentum
        logDensity = density.logDensity(at: position, gradient: &gradient)
    }

    /// The Hamiltonian; infinite where the density is 0.
    package func energy(_ metric: Metric) -> Double {
        let energy = metric.kineticEnergy(momentum) - logDensity
        return energy.isNaN ? .infinity : energy
    }

    /// One leapfrog step of size `step`, which may be negative.
    package mutating func leapfrog(_ density: any LogDensity, _ metric: Metric, step: Double) {
        for i in momentum.indices { momentum[i] += 0.5 * step * gradient[i] }
        metric.move(&position, by: step, along: momentum)
        logDensity = density.logDensity(at: position, gradient: &gradient)
        for i in momentum.indices { momentum[i] += 0.5 * step * gradient[i] }
    }
}
