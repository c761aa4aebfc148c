import Kernels
import Preconditions

/// A random matrix with orthonormal rows or columns: the Q of a normal random matrix's QR factorization.
///
/// By modified Gram-Schmidt in Float64, each vector twice ("twice is enough": Kahan and Parlett). The diagonal of R is
/// positive so, and Q uniformly distributed over the orthogonal matrices (Mezzadri, 2007).
struct OrthogonalMatrix {
    let columns: Int
    let gain: Float

    func fill(_ elements: UnsafeMutableBufferPointer<Float>, _ generator: inout PhiloxGenerator) {
        guard !elements.isEmpty else { return }
        let rows = elements.count / columns
        generator.fill(elements, mean: 0, deviation: 1)
        // the fewer of rows and columns are the vectors
        let (count, length) = (min(rows, columns), max(rows, columns))
        func index(_ vector: Int, _ i: Int) -> Int { rows <= columns ? vector * columns + i : i * columns + vector }
        var vectors = (0..<count).map { vector in (0..<length).map { Double(elements[index(vector, $0)]) } }
        for v in 0..<count {
            for _ in 0..<2 {
                for earlier in 0..<v {
                    let projection = zip(vectors[v], vectors[earlier]).reduce(0.0) { $0 + $1.0 * $1.1 }
                    for i in 0..<length { vectors[v][i] -= projection * vectors[earlier][i] }
                }
            }
            let norm = vectors[v].reduce(0.0) { $0 + $1 * $1 }.squareRoot()
            for i in 0..<length { vectors[v][i] /= norm }
            for i in 0..<length { elements[index(v, i)] = gain * Float(vectors[v][i]) }
        }
    }
}

extension PhiloxGenerator {
    /// Fills `elements` with numbers of the normal distribution of mean 0, those beyond `bound` deviations drawn again.
    mutating func fill(
        _ elements: UnsafeMutableBufferPointer<Float>, deviation: Float, truncatedAt bound: Float
    ) {
        require(bound > 0, "truncated normal: the bound must be above 0, found \(bound)")
        var accepted = 0
        let draws = UnsafeMutableBufferPointer<Float>.allocate(capacity: 256)
        defer { draws.deallocate() }
        while accepted < elements.count {
            fill(draws, mean: 0, deviation: 1)
            for draw in draws where abs(draw) <= bound && accepted < elements.count {
                elements[accepted] = deviation * draw
                accepted += 1
            }
        }
    }
}
