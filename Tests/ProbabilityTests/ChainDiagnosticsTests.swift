import Foundation
import Testing

import Probability

@Suite("Diagnostics of chains")
struct ChainDiagnosticsTests {
    /// The draws of `reference_diagnostics.py`: autocorrelated, chain k shifted by k·shift.
    private static func draws(_ chains: Int, _ length: Int, _ coefficient: Double, _ shift: Double) -> [[Double]] {
        var state = 1
        return (0..<chains).map { chain in
            var value = 0.0
            return (0..<length).map { _ in
                var total = 0.0
                for _ in 0..<3 {
                    state = (state * 1_103_515_245 + 12345) % (1 << 31)
                    total += Double(state) / 0x1p31 - 0.5
                }
                value = coefficient * value + total
                return value + shift * Double(chain)
            }
        }
    }

    private static func isClose(_ found: Double, _ expected: Double) -> Bool {
        abs(found - expected) <= 1e-8 * abs(expected)
    }

    /// ArviZ 0.23.4, `reference_diagnostics.py`: mean, deviation, R-hat, bulk, tail and mean ESS, MCSE of the mean.
    static let references: [(chains: Int, length: Int, coefficient: Double, shift: Double, expected: [Double])] = [
        (
            4, 500, 0.5, 0,
            [
                0.003890102129941442, 0.5788454914733587, 1.0010997787278115, 794.2273385851938, 1243.793795884982,
                795.9275403708034, 0.020517568350608067,
            ]
        ),
        (
            3, 101, 0.9, 0,
            [
                0.30833803631267115, 1.1409159989760043, 1.372121447426534, 7.415712710571925, 31.11598981082715,
                7.298220237684472, 0.4223234412551436,
            ]
        ),
        (
            2, 200, -0.4, 0,
            [
                0.009616302343230198, 0.579257517629262, 1.0014358502901588, 1040.823996531185, 393.76739959383224,
                1040.823996531185, 0.01795490164941725,
            ]
        ),
        (
            4, 100, 0.3, 0.4,
            [
                0.6208702804192148, 0.7308331965715422, 1.3471891030148289, 10.858674266023014, 71.28521441255896,
                10.545732323032407, 0.22505045443015667,
            ]
        ),
        (
            4, 4, 0, 0,
            [
                0.1279503817204386, 0.5488476572926286, 1.0727115292328075, 19.265919722494797, 19.265919722494797,
                19.265919722494797, 0.12504229661241478,
            ]
        ),
    ]

    @Test("are ArviZ's", arguments: references.indices)
    func areArviZs(index: Int) {
        let (chains, length, coefficient, shift, expected) = Self.references[index]
        let found = ChainDiagnostics(Self.draws(chains, length, coefficient, shift))
        let numbers = [
            found.mean, found.deviation, found.rHat, found.bulkESS, found.tailESS, found.meanESS, found.meanMCSE,
        ]
        for (number, reference) in zip(numbers, expected) { #expect(Self.isClose(number, reference)) }
    }

    @Test("are ArviZ's where many draws are equal")
    func ties() {
        let draws = Self.draws(4, 250, 0.6, 0).map { $0.map { ($0 * 2).rounded(.toNearestOrEven) } }
        let found = ChainDiagnostics(draws)
        #expect(Self.isClose(found.rHat, 1.007088718255623))
        #expect(Self.isClose(found.bulkESS, 317.89957263896866))
        #expect(Self.isClose(found.tailESS, 383.6184464122036))
    }

    @Test("are not a number for fewer than four draws, unequal chains, and draws that are not finite")
    func undefined() {
        for chains in [[[1, 2, 3]], [], [[1, 2, 3, 4], [1, 2, 3]], [[1, 2, 3, .infinity]]] as [[[Double]]] {
            #expect(ChainDiagnostics(chains).rHat.isNaN)
        }
    }

    @Test("have scipy's normal quantiles")
    func quantiles() {
        let expected: [(Double, Double)] = [
            (1e-12, -7.034483825301131), (0.003, -2.7477813854449926), (0.3, -0.5244005127080409), (0.5, 0),
            (0.9, 1.2815515655446004), (0.9999, 3.719016485455709),
        ]
        for (probability, quantile) in expected {
            #expect(abs(normalQuantile(probability) - quantile) < 1e-14 * max(1, abs(quantile)))
        }
        #expect(normalQuantile(0) == -.infinity && normalQuantile(1) == .infinity && normalQuantile(-1).isNaN)
    }
}
