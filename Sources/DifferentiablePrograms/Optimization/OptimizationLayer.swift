import Preconditions
public import TensorEngine

/// The solutions of quadratic programs `min ½ zᵀQz + qᵀz` with `Gz ≤ h` and `Az = b`, one for each row of `q`: [rows,
/// n].
///
/// The gradient follows from the optimality conditions by the implicit function theorem, whatever the solver did; it
/// can't be differentiated again. A program without a solution has the solution NaN. Matrices are shared by the rows,
/// right sides are given for each row, or once as a vector. Source: Amos, Kolter, "OptNet: differentiable optimization
/// as a layer in neural networks", 2017.
/// - Parameters:
///   - quadratic: Q [n, n], symmetric and positive definite, or semidefinite where the constraints make the solution
///     unique
///   - linear: q [rows, n]
///   - inequalities: G [m, n] and h [m] or [rows, m]; nil: none
///   - equalities: A [p, n] and b [p] or [rows, p]; nil: none
public func quadraticProgram(
    quadratic: Tensor, linear: Tensor, inequalities: (matrix: Tensor, bounds: Tensor)? = nil,
    equalities: (matrix: Tensor, values: Tensor)? = nil
) -> Tensor {
    require(
        linear.shape.rank == 2 && quadratic.shape == [linear.shape[1], linear.shape[1]],
        "quadraticProgram: Q of shape \(quadratic.shape) does not fit q of shape \(linear.shape), [rows, n]")
    let (rows, n) = (linear.shape[0], linear.shape[1])
    func side(_ name: String, _ constraints: (matrix: Tensor, side: Tensor)?) -> (matrix: Tensor, side: Tensor) {
        guard let (matrix, side) = constraints else {
            return (Tensor([], shape: [0, n]), Tensor([], shape: [rows, 0]))
        }
        require(
            matrix.shape.rank == 2 && matrix.shape[1] == n
                && (side.shape == [matrix.shape[0]] || side.shape == [rows, matrix.shape[0]]),
            "quadraticProgram: \(name) of shapes \(matrix.shape) and \(side.shape) do not fit \(rows) rows of \(n) variables"
        )
        return (matrix, side.shape.rank == 2 ? side : side.broadcast(to: [rows, matrix.shape[0]]))
    }
    let (g, h) = side("inequalities", inequalities.map { ($0.matrix, $0.bounds) })
    let (a, b) = side("equalities", equalities.map { ($0.matrix, $0.values) })
    return OptimizationLayer()(quadratic, linear, g, h, a, b)
}

/// The operation of `quadraticProgram`.
private struct OptimizationLayer: Primitive {
    static let saves: SavedValues = [.inputs, .output]

    private func programs(_ inputs: [Tensor]) -> [QuadraticProgram] {
        let values = inputs.map { $0.values.map(Double.init) }
        let (n, m, p) = (inputs[1].shape[1], inputs[2].shape[0], inputs[4].shape[0])
        return (0..<inputs[1].shape[0]).map { row in
            func own(_ index: Int, _ width: Int) -> [Double] {
                Array(values[index][(row * width)..<((row + 1) * width)])
            }
            return QuadraticProgram(
                q: own(1, n), h: own(3, m), b: own(5, p), quadratic: DenseMatrix(n, n, values[0]),
                inequalities: DenseMatrix(m, n, values[2]), equalities: DenseMatrix(p, n, values[4]))
        }
    }

    func forward(_ inputs: [Tensor]) -> Tensor { forwardKeeping(inputs).output }

    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) {
        var (solutions, multipliers): ([Float], [Float]) = ([], [])
        for program in programs(inputs) {
            let found = program.solved()
            func floats(_ values: [Double]?, _ count: Int) -> [Float] {
                values?.map { Float($0) } ?? [Float](repeating: .nan, count: count)
            }
            solutions += floats(found?.z, program.q.count)
            multipliers += floats(found?.inequalityMultipliers, program.h.count)
            multipliers += floats(found?.equalityMultipliers, program.b.count)
        }
        let width = inputs[2].shape[0] + inputs[4].shape[0]
        return (
            Tensor(solutions, shape: inputs[1].shape), [Tensor(multipliers, shape: [inputs[1].shape[0], width])]
        )
    }

    // [Q Gᵀλ Aᵀ; G Gz-h 0; A 0 0]·(dz, dλ, dν) = -(z̄, 0, 0)  ⇒  Q̄ = ½(dz·zᵀ + z·dzᵀ), q̄ = dz, Ḡ = λ(dλ·zᵀ) + λ·dzᵀ,
    // h̄ = -λ·dλ, Ā = dν·zᵀ + ν·dzᵀ, b̄ = -dν  (the paper's (6) to (8))
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        require(
            !saved.recordsGraph, "quadraticProgram: its gradient can't be differentiated again")
        let (cotangents, solutions) = (cotangent.values.map(Double.init), saved.output.values.map(Double.init))
        let multipliers = saved.kept[0].values.map(Double.init)
        var results = saved.inputs.map { [Double](repeating: 0, count: $0.shape.count) }
        let (n, m, p) = (
            saved.inputs[1].shape[1], saved.inputs[2].shape[0], saved.inputs[4].shape[0]
        )
        for (row, program) in programs(saved.inputs).enumerated() {
            let z = Array(solutions[(row * n)..<((row + 1) * n)])
            let lambda = Array(multipliers[(row * (m + p))..<(row * (m + p) + m)])
            let nu = Array(multipliers[(row * (m + p) + m)..<((row + 1) * (m + p))])
            let residuals = zip(program.inequalities.times(z), program.h).map { $0 - $1 }
            var matrix = DenseMatrix(n + m + p, n + m + p)
            matrix.place(program.quadratic, 0, 0)
            matrix.place(program.equalities, 0, n + m, isTransposed: true)
            matrix.place(program.equalities, n + m, 0)
            for i in 0..<m {
                for j in 0..<n {
                    matrix[j, n + i] = program.inequalities[i, j] * lambda[i]
                    matrix[n + i, j] = program.inequalities[i, j]
                }
                matrix[n + i, n + i] = residuals[i]
            }
            let side =
                cotangents[(row * n)..<((row + 1) * n)].map { -$0 } + [Double](repeating: 0, count: m + p)
            let found = matrix.solving([side])?.first ?? [Double](repeating: .nan, count: n + m + p)
            let (dz, dLambda, dNu) = (found[..<n], Array(found[n..<(n + m)]), Array(found[(n + m)...]))
            for i in 0..<n {
                results[1][row * n + i] = dz[i]
                for j in 0..<n { results[0][i * n + j] += 0.5 * (dz[i] * z[j] + z[i] * dz[j]) }
            }
            for i in 0..<m {
                results[3][row * m + i] = -lambda[i] * dLambda[i]
                for j in 0..<n { results[2][i * n + j] += lambda[i] * (dLambda[i] * z[j] + dz[j]) }
            }
            for i in 0..<p {
                results[5][row * p + i] = -dNu[i]
                for j in 0..<n { results[4][i * n + j] += dNu[i] * z[j] + nu[i] * dz[j] }
            }
        }
        return zip(results, saved.inputShapes).map { Tensor($0.map { Float($0) }, shape: $1) }
    }
}
