import Foundation
import Testing

import Probability

/// A transition that leaves a density as it is turns independent exact draws into other ones: no mean may move, within its Monte
/// Carlo error, which is known, for the draws are independent.
@Suite("Transitions")
struct InvarianceTests {
    /// A density, a step size at which about half of the proposals err, an exact draw, and functions whose means are compared.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let density: HandWritten
        let step: Double
        let draw: @Sendable (inout ChainRandom) -> [Double]
        let functions: [@Sendable ([Double]) -> Double]
    }

    static let cases = [
        Case(
            testDescription: "normal numbers", density: .normal, step: 1.2,
            draw: { random in (0..<3).map { _ in random.normal() } },
            functions: [{ $0[0] }, { $0[0] * $0[0] + $0[1] * $0[1] + $0[2] * $0[2] }]),
        Case(
            testDescription: "the banana", density: .banana, step: 0.12,
            draw: { random in
                let x = 1 + 10.0.squareRoot() * random.normal()
                return [x, x * x + 0.1.squareRoot() * random.normal()]
            },
            functions: [{ $0[0] }, { $0[1] }, { ($0[1] - $0[0] * $0[0]) * ($0[1] - $0[0] * $0[0]) }]),
        Case(
            testDescription: "the funnel", density: .funnel, step: 0.4,
            draw: { random in
                let v = 1.5 * random.normal()
                return [v, exp(v / 2) * random.normal()]
            },
            functions: [{ $0[0] }, { $0[0] * $0[0] }, { $0[1] * $0[1] * exp(-$0[0]) }]),
    ]

    @Test(
        "of NUTS and HMC leave the density as it is", arguments: cases,
        [SamplerSettings.Method.nuts(maxDepth: 10), .nuts(maxDepth: 2), .hmc(steps: 5)])
    func invariance(of known: Case, method: SamplerSettings.Method) throws {
        var settings = SamplerSettings()
        (settings.warmup, settings.method) = (0, method)
        var chain = try Chain(known.density, settings, seed: 5, number: 0)
        var saved = chain.saved
        var random = ChainRandom(seed: 99, chain: 1, iteration: 0)
        let (count, dimension) = (1500, known.density.dimension)
        var moves = known.functions.map { _ in (sum: 0.0, squares: 0.0) }
        for iteration in 0..<count {
            let exact = known.draw(&random)
            // a saved chain begins with its position, iteration and step size
            saved.replaceSubrange(0..<dimension + 2, with: exact + [Double(iteration), known.step])
            let isRestored = chain.restore(saved)
            try #require(isRestored)
            _ = chain.advance()
            for (index, function) in known.functions.enumerated() {
                let move = function(chain.position) - function(exact)
                moves[index].sum += move
                moves[index].squares += move * move
            }
        }
        for (index, move) in moves.enumerated() {
            // the standard error of a mean of 0
            let error = move.squares.squareRoot()
            #expect(error > 0 && abs(move.sum) < 4 * error, "function \(index): \(move.sum / error) standard errors")
        }
    }
}
