import Foundation
import TensorEngine
import Testing

import Probability

@Suite("Markov chains")
struct ChainTests {
    @Test("adapt in Stan's windows")
    func windows() {
        // the Stan Reference Manual: 75, 25, 50, 100, 200, 500 (stretched), 50
        #expect(WarmupWindows(warmup: 1000).ends == [100, 150, 250, 450, 950])
        #expect(WarmupWindows(warmup: 1000).learning == 76...950)
        // less than 150: 15 %, 75 %, 10 %
        #expect(WarmupWindows(warmup: 100).ends == [90] && WarmupWindows(warmup: 100).learning == 16...90)
        #expect(WarmupWindows(warmup: 19).learning == nil && WarmupWindows(warmup: 0).ends.isEmpty)
    }

    @Test("go on from saved numbers as if they had not stopped", arguments: SamplerSettings.Metric.allCases)
    func saving(metric: SamplerSettings.Metric) throws {
        var settings = SamplerSettings()
        (settings.warmup, settings.metric) = (60, metric)
        let density = Density.eightSchools(isCentered: false)
        var whole = try Chain(density, settings, seed: 3, number: 2)
        for _ in 0..<45 { _ = whole.advance() }
        var part = try Chain(density, settings, seed: 3, number: 2)
        let isRestored = part.restore(whole.saved)
        #expect(isRestored)
        for _ in 0..<30 {
            let (expected, found) = (whole.advance(), part.advance())
            #expect(found == expected)
        }
        #expect(whole.position == part.position && whole.saved == part.saved)
        let isForeign = part.restore([1, 2]) || part.restore(whole.saved.map { _ in .nan })
        #expect(!isForeign && part.saved == whole.saved)
        var other = try Chain(density, settings, seed: 3, number: 1)
        _ = other.advance()
        #expect(other.position != whole.position)
    }

    /// Leapfrog steps are reversible and of second order; trajectories of NUTS keep the energy within their step size.
    @Test("move reversibly along the gradient")
    func leapfrog() {
        let density = Density.standardNormal(dimensions: 2)
        let metric = Metric(.diagonal, dimension: 2)
        var state = PhaseState(density, at: [1, -0.5])
        state.momentum = [0.3, 0.7]
        let energy = state.energy(metric)
        for _ in 0..<10 { state.leapfrog(density, metric, step: 0.1) }
        // the exact flow of a harmonic oscillator is a rotation
        #expect(abs(state.position[0] - (cos(1) + 0.3 * sin(1))) < 2e-3)
        #expect(abs(state.energy(metric) - energy) < 2e-3)
        for _ in 0..<10 { state.leapfrog(density, metric, step: -0.1) }
        #expect(abs(state.position[0] - 1) < 1e-6 && abs(state.momentum[1] - 0.7) < 1e-6)
    }

    @Test("draw momenta of the mass matrix", arguments: SamplerSettings.Metric.allCases)
    func momenta(kind: SamplerSettings.Metric) {
        var metric = Metric(kind, dimension: 2)
        // inverses of [[2, -1], [-1, 1]] and [2, 1]
        metric.set(kind == .dense ? [1, 1, 1, 2] : [0.5, 1])
        var random = ChainRandom(seed: 1, chain: 0, iteration: 1)
        let momenta = (0..<20_000).map { _ in metric.drawMomentum(&random) }
        func product(_ i: Int, _ j: Int) -> Double { momenta.reduce(0) { $0 + $1[i] * $1[j] } / 20_000 }
        #expect(abs(product(0, 0) - 2) < 0.06 && abs(product(1, 1) - 1) < 0.03)
        #expect(abs(product(0, 1) - (kind == .dense ? -1 : 0)) < 0.04)
        metric.set(kind == .dense ? [1, 2, 2, 1] : [1, -1])
        #expect(metric.inverse == (kind == .dense ? [1, 1, 1, 2] : [0.5, 1]))
    }

    @Test("say where they cannot begin")
    func noStart() {
        let empty = Density([Variable("x")]) { ($0["x"] * 0 - 1).log() }
        #expect(throws: NoInitialPosition.self) { try Chain(empty, SamplerSettings(), seed: 1, number: 0) }
    }
}
