import Preconditions
public import TensorEngine

/// Differentiable sorting: permutations whose rows are distributions.
extension Tensor {
    /// The sorted permutation of each row of scores [n, k], falling, as a matrix [n, k, k] whose row i is the
    /// distribution of the element at place i: `softmax(-|s₍ᵢ₎ - s_j| / τ)`. As τ → 0 it is the permutation itself.
    ///
    /// Source: Prillo, Eisenschlos, "SoftSort: a continuous relaxation for the argsort operator", 2020.
    public func softSort(temperature: Float) -> Tensor {
        let (n, k) = checked("softSort", temperature)
        let sorted = sortedFalling().reshaped(to: [n, k, 1])
        return ((sorted - reshaped(to: [n, 1, k])).absoluteValue() * (-1 / temperature)).softmax()
    }

    /// The same by NeuralSort: row i is `softmax(((k + 1 - 2i)·s - A·1) / τ)` with `A_jl = |s_j - s_l|`, i from 1.
    ///
    /// Source: Grover, Wang, Zweig, Ermon, "Stochastic optimization of sorting networks via continuous relaxations",
    /// 2019.
    public func neuralSort(temperature: Float) -> Tensor {
        let (n, k) = checked("neuralSort", temperature)
        let distances = (reshaped(to: [n, k, 1]) - reshaped(to: [n, 1, k])).absoluteValue()
        let sums = distances.sum(alongAxis: 2).reshaped(to: [n, 1, k])
        let factors = Tensor((1...k).map { Float(k + 1 - 2 * $0) }, shape: [1, k, 1])
        return ((factors * reshaped(to: [n, 1, k]) - sums) * (1 / temperature)).softmax()
    }

    /// The elements of each row [n, k], the largest first; the gradient of an element is that of its place. Equal
    /// elements keep their order.
    public func sortedFalling() -> Tensor {
        let (n, k) = (shape[0], shape[1])
        let values = values
        var permutation = [Float](repeating: 0, count: n * k * k)
        for row in 0..<n {
            let order = (0..<k).sorted { a, b in
                let (x, y) = (values[row * k + a], values[row * k + b])
                return x == y || x.isNaN || y.isNaN ? a < b : x > y
            }
            for (place, element) in order.enumerated() { permutation[(row * k + place) * k + element] = 1 }
        }
        return (Tensor(permutation, shape: [n, k, k]) * reshaped(to: [n, 1, k])).sum(alongAxis: 2).reshaped(to: [n, k])
    }

    /// The mean index along the innermost axis under `softmax(x / τ)`, which stays with size 1; as τ → 0 the index of
    /// the maximum.
    public func softArgmax(temperature: Float = 1) -> Tensor {
        require(temperature > 0, "softArgmax: the temperature must be above 0, found \(temperature)")
        let indices = Tensor((0..<shape.innermost).map { Float($0) })
        return ((self * (1 / temperature)).softmax() * indices).sum(alongAxis: -1)
    }

    private func checked(_ name: String, _ temperature: Float) -> (Int, Int) {
        require(
            shape.rank == 2 && shape[1] > 0 && temperature > 0,
            "\(name): scores [n, k] and a temperature above 0 are needed, found \(shape) and \(temperature)")
        return (shape[0], shape[1])
    }
}
