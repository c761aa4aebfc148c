import DifferentiablePrograms
import Foundation
import TensorEngine
import Testing

/// Whether all numbers agree to a tolerance, relative above 1.
func areClose(_ a: [Float], _ b: [Float], _ tolerance: Float) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}

@Suite("Differential equations")
struct ODETests {
    /// Lotka and Volterra's: y₁′ = 1.5y₁ - y₁y₂, y₂′ = -3y₂ + y₁y₂.
    private func predators(_ time: Double, _ y: Tensor) -> Tensor {
        let product = y[0..<1] * y[1..<2]
        return .concatenated([y[0..<1] * 1.5 - product, y[1..<2] * -3 + product], alongAxis: 0)
    }

    private static let times = [0, 1, 2.5, 4]

    @Test(
        "Lotka and Volterra's equations have scipy's solution",
        arguments: [ODESolver.rungeKutta4(step: 0.01), .dormandPrince(relative: 1e-6, absolute: 1e-7)])
    func solution(solver: ODESolver) {
        let found = solveODE(predators, from: Tensor([10, 5]), at: Self.times, by: solver)
        #expect(found.shape == [4, 2])
        // reference_programs.py: DOP853 with tolerances of 1e-12
        #expect(
            areClose(
                found.values,
                [10, 5, 0.21853893, 1.3765927, 1.2581470, 0.033935849, 11.036425, 0.37532609], 2e-4))
    }

    @Test("Dormand and Prince's method takes the steps of scipy's RK45")
    func steps() {
        var evaluations = 0
        let found = solveODE(
            { time, y in
                evaluations += 1
                return predators(time, y)
            }, from: Tensor([10, 5]), at: [0, 4], by: .dormandPrince(relative: 1e-3, absolute: 1e-6))
        // reference_programs.py
        #expect(evaluations == 104)
        #expect(areClose(found[1].values, [10.9037398, 0.32838879], 1e-4))
    }

    /// y′ = -ky, y(t) = y₀·e^{-kt}: ∂y/∂y₀ = e^{-kt}, ∂y/∂k = -t·y₀·e^{-kt}.
    @Test(
        "Gradients through the solver and by the adjoint are those of the solution",
        arguments: [ODESolver.rungeKutta4(step: 0.05), .dormandPrince(relative: 1e-6, absolute: 1e-7)])
    func decay(solver: ODESolver) {
        let (rate, start) = (Parameter(Tensor([0.7])), Parameter(Tensor([2])))
        let dynamics: Dynamics = { _, y in y * rate.value * -1 }
        func loss(_ usesAdjoint: Bool) -> [Float] {
            let found = valueAndGradients(of: [rate, start]) {
                let y =
                    usesAdjoint
                    ? solveODEByAdjoint(dynamics, from: start.value, at: [0, 0.5, 1.5], by: solver, parameters: [rate])
                    : solveODE(dynamics, from: start.value, at: [0, 0.5, 1.5], by: solver)
                // y(0.5) + 3·y(1.5)
                return (y * Tensor([0, 1, 3], shape: [3, 1])).sum()
            }
            return [found.value.scalar] + found.gradients.flatMap(\.values)
        }
        func exact(_ t: Double) -> (value: Double, byRate: Double, byStart: Double) {
            (2 * exp(-0.7 * t), -t * 2 * exp(-0.7 * t), exp(-0.7 * t))
        }
        let (a, b) = (exact(0.5), exact(1.5))
        let expected = [a.value + 3 * b.value, a.byRate + 3 * b.byRate, a.byStart + 3 * b.byStart].map { Float($0) }
        #expect(areClose(loss(false), expected, 1e-4))
        #expect(areClose(loss(true), expected, 1e-4))
    }

    @Test("Of a nonlinear system both gradients agree, with matrices as parameters")
    func agreement() {
        let weight = Parameter(Tensor([0.3, -0.8, 1.1, 0.2, 0.5, -0.4], shape: [2, 3]))
        let output = Parameter(Tensor([0.6, -0.2, 0.7, 0.9, -0.5, 0.1], shape: [3, 2]))
        let start = Tensor([1, 0.5, -0.3, 0.8], shape: [2, 2])
        let dynamics: Dynamics = { time, y in
            y.matrixProduct(weight.value).tanh().matrixProduct(output.value) * Float(1 + time)
        }
        let solver = ODESolver.dormandPrince(relative: 1e-6, absolute: 1e-7)
        func slopes(_ usesAdjoint: Bool) -> [Float] {
            valueAndGradients(of: [weight, output]) {
                let y =
                    usesAdjoint
                    ? solveODEByAdjoint(
                        dynamics, from: start, at: [0, 0.4, 1], by: solver, parameters: [weight, output])
                    : solveODE(dynamics, from: start, at: [0, 0.4, 1], by: solver)
                return (y * y).sum()
            }.gradients.flatMap(\.values)
        }
        let (through, adjoint) = (slopes(false), slopes(true))
        #expect(areClose(adjoint, through, 2e-4), "\(through) and \(adjoint)")
        #expect(through.contains { abs($0) > 0.1 })
    }

    @Test("A solution that explodes is not a number, and ends")
    func explosion() {
        // y′ = y², y(0) = 1 has its pole at 1
        let found = solveODE(
            { $1 * $1 }, from: Tensor([1]), at: [0, 2], by: .dormandPrince(relative: 1e-3, absolute: 1e-6))
        #expect(found.values[1].isNaN)
    }
}
