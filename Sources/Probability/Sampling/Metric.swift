/// The inverse mass matrix: the covariance of the coordinates, as far as it is known.
package struct Metric {
    /// Variances, or a matrix row by row.
    package private(set) var inverse: [Double]
    private let dimension: Int
    private let isDense: Bool
    /// Of a dense one the upper triangle U with M⁻¹ = Uᵀ·U, row by row; what is below the diagonal is not read.
    private var factor: [Double] = []

    /// The identity.
    package init(_ kind: SamplerSettings.Metric, dimension: Int) {
        (self.dimension, isDense) = (dimension, kind == .dense)
        if isDense {
            inverse = [Double](repeating: 0, count: dimension * dimension)
            for i in 0..<dimension { inverse[i * dimension + i] = 1 }
            factor = inverse
        } else {
            inverse = [Double](repeating: 1, count: dimension)
        }
    }

    /// Puts another covariance in place, unless it is not positive definite.
    package mutating func set(_ inverse: [Double]) {
        if isDense {
            var factor = inverse
            guard UpperTriangle.factorize(&factor, size: dimension) == nil else { return }
            self.factor = factor
        } else if !inverse.allSatisfy({ $0 > 0 && $0.isFinite }) {
            return
        }
        self.inverse = inverse
    }

    /// M⁻¹·momentum.
    package func velocity(_ momentum: [Double]) -> [Double] {
        guard isDense else {
            var result = momentum
            for i in 0..<dimension { result[i] *= inverse[i] }
            return result
        }
        var result = [Double](repeating: 0, count: dimension)
        for i in 0..<dimension {
            var sum = 0.0
            for j in 0..<dimension { sum += inverse[i * dimension + j] * momentum[j] }
            result[i] = sum
        }
        return result
    }

    package func move(_ position: inout [Double], by step: Double, along momentum: [Double]) {
        if isDense {
            let velocity = velocity(momentum)
            for i in 0..<dimension { position[i] += step * velocity[i] }
        } else {
            for i in 0..<dimension { position[i] += step * inverse[i] * momentum[i] }
        }
    }

    /// ½·pᵀ·M⁻¹·p.
    package func kineticEnergy(_ momentum: [Double]) -> Double {
        if isDense { return 0.5 * zip(momentum, velocity(momentum)).reduce(0) { $0 + $1.0 * $1.1 } }
        var sum = 0.0
        for i in 0..<dimension { sum += momentum[i] * momentum[i] * inverse[i] }
        return 0.5 * sum
    }

    /// A momentum of the normal distribution with covariance M.
    package func drawMomentum(_ random: inout ChainRandom) -> [Double] {
        var z = (0..<dimension).map { _ in random.normal() }
        if !isDense {
            for i in 0..<dimension { z[i] /= inverse[i].squareRoot() }
            return z
        }
        // M⁻¹ = Uᵀ·U, so that p = U⁻¹·z has the covariance M
        for i in (0..<dimension).reversed() {
            for j in (i + 1)..<max(i + 1, dimension) { z[i] -= factor[i * dimension + j] * z[j] }
            z[i] /= factor[i * dimension + i]
        }
        return z
    }
}
