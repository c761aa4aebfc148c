import DifferentiablePrograms
import TensorEngine
import Testing

@Suite("Optimization layer")
struct OptimizationTests {
    /// Of `reference_programs.py`.
    private let arguments = [
        Parameter(Tensor([4, 1, 0, 1, 3, 0.5, 0, 0.5, 2], shape: [3, 3])),
        Parameter(Tensor([-1, 0.5, -2], shape: [1, 3])),
        Parameter(Tensor([1, 1, 0, 0, -1, 1], shape: [2, 3])),
        Parameter(Tensor([-0.3, 2])),
        Parameter(Tensor([1, 1, 1], shape: [1, 3])),
        Parameter(Tensor([0.8])),
    ]

    private func solution(_ values: [Tensor]) -> Tensor {
        quadraticProgram(
            quadratic: values[0], linear: values[1], inequalities: (values[2], values[3]),
            equalities: (values[4], values[5]))
    }

    @Test("The solution is scipy's, and its gradient by all arguments that of finite differences")
    func reference() {
        let found = valueAndGradients(of: arguments) {
            (solution(arguments.map(\.value)) * Tensor([1, -2, 0.5])).sum()
        }
        #expect(areClose(solution(arguments.map(\.value)).values, [0.29, -0.59, 1.1], 1e-5))
        let expected: [[Float]] = [
            [-0.174, 0.264, -0.33, 0.264, -0.354, 0.33, -0.33, 0.33, 0], [-0.6, 0.6, 0],
            [0.26299, -0.74303, 1.76, 0, 0, 0], [-1.6, 0], [-0.28899, 0.52899, -0.88], [0.8],
        ]
        for (slopes, expected) in zip(found.gradients, expected) {
            #expect(areClose(slopes.values, expected, 1e-4), "\(slopes.values) and \(expected)")
        }
    }

    /// min ½z² - cz with z ≤ 1: z = min(c, 1), dz/dc is 1 where the bound is not reached, and dz/dh 1 where it is.
    @Test("A bound: each row has its own solution and gradient")
    func bound() {
        let (slope, height) = (
            Parameter(Tensor([-0.4, -3], shape: [2, 1])), Parameter(Tensor([1, 1], shape: [2, 1]))
        )
        let found = valueAndGradients(of: [slope, height]) {
            quadraticProgram(
                quadratic: Tensor([1], shape: [1, 1]), linear: slope.value,
                inequalities: (Tensor([1], shape: [1, 1]), height.value)
            ).sum()
        }
        #expect(areClose([found.value.scalar], [1.4], 1e-5))
        #expect(areClose(found.gradients[0].values, [-1, 0], 1e-5))
        #expect(areClose(found.gradients[1].values, [0, 1], 1e-5))
    }

    /// The projection of x onto the simplex: min |z - x|² with Σz = 1, z ≥ 0. Of (0.9, 0.5, -2): (0.7, 0.3, 0).
    @Test("The projection onto the simplex")
    func simplex() {
        let found = quadraticProgram(
            quadratic: Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3]),
            linear: Tensor([-0.9, -0.5, 2], shape: [1, 3]),
            inequalities: (Tensor([-1, 0, 0, 0, -1, 0, 0, 0, -1], shape: [3, 3]), Tensor([0, 0, 0])),
            equalities: (Tensor([1, 1, 1], shape: [1, 3]), Tensor([1])))
        #expect(areClose(found.values, [0.7, 0.3, 0], 1e-5))
    }

    @Test("A program without a feasible point has no number as its solution")
    func infeasible() {
        let found = quadraticProgram(
            quadratic: Tensor([1], shape: [1, 1]), linear: Tensor([0], shape: [1, 1]),
            inequalities: (Tensor([1, -1], shape: [2, 1]), Tensor([-1, -1])))
        #expect(found.values[0].isNaN)
    }
}
