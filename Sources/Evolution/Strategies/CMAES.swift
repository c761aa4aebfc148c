import Kernels
import Preconditions

#if canImport(Glibc)
    import Glibc
#endif

/// Covariance matrix adaptation evolution strategy, with negative weights (active CMA).
///
/// Source: Hansen, "The CMA evolution strategy: a tutorial", 2016 (arXiv:1604.00772); constants are those of pycma 4.
public struct CMAES: SearchDistribution {
    public var population: Int { constants.weights.count }
    public private(set) var generation = 0
    public private(set) var mean: [Double]
    public private(set) var stepSize: Double
    /// The covariance matrix without the step size, row-major.
    public private(set) var covariance: [Double]
    /// The evolution paths of the covariance and of the step size.
    private var path, stepPath: [Double]
    /// The eigenvectors, column by column of a row-major matrix, and the roots of the eigenvalues of `covariance` at
    /// generation `decomposed`.
    private var axes, lengths: [Double]
    private var decomposed = 0
    private let constants: CMAConstants
    private let noise: MemberNoise

    private var n: Int { mean.count }

    /// The population that is usual for so many coordinates, of SNES as well: 4 + ⌊3 ln n⌋.
    public static func usualPopulation(dimension: Int) -> Int { 4 + Int(3 * log(Double(max(1, dimension)))) }

    /// - Parameters:
    ///   - mean: at least one coordinate.
    ///   - population: at least 4 members.
    ///   - stepSize: the first standard deviation of all coordinates.
    public init(mean: [Double], population: Int, stepSize: Double, seed: UInt64) {
        require(!mean.isEmpty && population >= 4, "CMAES: at least 4 members, found \(population), and one coordinate")
        require(stepSize > 0, "CMAES: the step size must be above 0, found \(stepSize)")
        (self.mean, self.stepSize) = (mean, stepSize)
        let n = mean.count
        constants = CMAConstants(dimension: n, population: population)
        covariance = [Double](repeating: 0, count: n * n)
        for i in 0..<n { covariance[i * n + i] = 1 }
        (path, stepPath) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
        (axes, lengths) = (covariance, [Double](repeating: 1, count: n))
        noise = MemberNoise(seed: seed, dimension: n)
    }

    public func candidate(_ member: Int) -> [Double] {
        let drawn = noise.draw(member, generation: generation)
        let scaled = (0..<n).map { lengths[$0] * Double(drawn[$0]) }
        return zip(mean, product(axes, scaled)).map { $0 + stepSize * $1 }
    }

    public mutating func update(_ fitness: [Double]) {
        require(fitness.count == population, "CMAES.update: \(population) members, \(fitness.count) fitness numbers")
        update(Ranking.descending(fitness).map { candidate($0) })
    }

    /// Moves the distribution on, given candidates from the best on.
    package mutating func update(_ sorted: [[Double]]) {
        let (n, k) = (n, constants)
        let old = mean
        mean = (0..<n).map { i in zip(k.weights, sorted).reduce(0) { $1.0 > 0 ? $0 + $1.0 * $1.1[i] : $0 } }
        let shift = (0..<n).map { (mean[$0] - old[$0]) / stepSize }
        generation += 1

        let stepScale = (k.stepRate * (2 - k.stepRate) * k.effective).squareRoot()
        stepPath = zip(stepPath, whitened(shift)).map { (1 - k.stepRate) * $0 + stepScale * $1 }
        let square = stepPath.reduce(0) { $0 + $1 * $1 }
        let unbiased = square / (1 - power(1 - k.stepRate, 2 * generation))
        // the path of the covariance stalls while the step size grows fast
        let isOpen = unbiased / Double(n) - 1 < 1 + 4 / Double(n + 1)
        let pathScale = isOpen ? (k.pathRate * (2 - k.pathRate) * k.effective).squareRoot() : 0
        path = zip(path, shift).map { (1 - k.pathRate) * $0 + pathScale * $1 }

        let rankOne = isOpen ? k.rankOne : k.rankOne * (1 - k.pathRate * (2 - k.pathRate))
        let total = k.weights.reduce(0, +)
        let keep = 1 - rankOne - k.rankMu * total
        for index in covariance.indices { covariance[index] *= keep }
        addOuter(path, rankOne)
        for (weight, candidate) in zip(k.weights, sorted) {
            let step = (0..<n).map { (candidate[$0] - old[$0]) / stepSize }
            var share = k.rankMu * weight
            if weight < 0 {
                let length = whitened(step).reduce(0) { $0 + $1 * $1 }.squareRoot()
                share *= Double(n) / ((length + 1e-9) * (length + 1e-9))
            }
            addOuter(step, share)
        }
        let change = k.stepRate / k.damping * (square.squareRoot() / k.expectedLength - 1)
        // where candidates no longer differ it would go to 0
        stepSize = max(1e-200, min(1e200, stepSize * exp(max(-1, min(1, change)))))
        if Double(generation) >= Double(decomposed) + k.decompositionGap { decompose() }
    }

    private mutating func decompose() {
        let eigen = SymmetricEigen(covariance, n: n)
        guard eigen.values.allSatisfy(\.isFinite), eigen.vectors.allSatisfy(\.isFinite) else { return }
        // rounding may leave an eigenvalue at or below 0
        let least = max(0x1p-1000, (eigen.values.max() ?? 1) * 1e-16)
        lengths = eigen.values.map { max($0, least).squareRoot() }
        axes = eigen.vectors
        decomposed = generation
    }

    /// C^(-1/2)·x, C as it was decomposed last.
    private func whitened(_ x: [Double]) -> [Double] {
        let n = n
        var turned = [Double](repeating: 0, count: n)
        axes.withUnsafeBufferPointer { axes in
            for row in 0..<n { for column in 0..<n { turned[column] += axes[row * n + column] * x[row] } }
        }
        for column in 0..<n { turned[column] /= lengths[column] }
        return product(axes, turned)
    }

    private func product(_ matrix: [Double], _ x: [Double]) -> [Double] {
        let n = n
        return matrix.withUnsafeBufferPointer { matrix in
            x.withUnsafeBufferPointer { x in
                (0..<n).map { row in
                    var sum = 0.0
                    for column in 0..<n { sum += matrix[row * n + column] * x[column] }
                    return sum
                }
            }
        }
    }

    private mutating func addOuter(_ x: [Double], _ weight: Double) {
        let n = n
        covariance.withUnsafeMutableBufferPointer { covariance in
            x.withUnsafeBufferPointer { x in
                for row in 0..<n {
                    let left = weight * x[row]
                    // both halves get the same products
                    for column in 0...row {
                        let sum = covariance[row * n + column] + left * x[column]
                        covariance[row * n + column] = sum
                        covariance[column * n + row] = sum
                    }
                }
            }
        }
    }

    public var saved: [Double] {
        [Double(generation), Double(decomposed), stepSize] + mean + path + stepPath + covariance + axes + lengths
    }

    public mutating func restore(_ saved: [Double]) -> Bool {
        var reader = SavedNumbers(saved)
        guard let generation = reader.count(), let decomposed = reader.count(atMost: generation),
            let stepSize = reader.finite(), stepSize > 0, let mean = reader.finite(n), let path = reader.finite(n),
            let stepPath = reader.finite(n), let covariance = reader.finite(n * n), let axes = reader.finite(n * n),
            let lengths = reader.finite(n), lengths.allSatisfy({ $0 > 0 }), reader.isAtEnd
        else { return false }
        (self.generation, self.decomposed, self.stepSize) = (generation, decomposed, stepSize)
        (self.mean, self.path, self.stepPath, self.covariance) = (mean, path, stepPath, covariance)
        (self.axes, self.lengths) = (axes, lengths)
        return true
    }
}
