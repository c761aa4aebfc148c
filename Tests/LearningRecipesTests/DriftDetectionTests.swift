import Foundation
import LearningRecipes
import Testing

/// Fixed numbers by `reference_drift.py`, of the Python package river, on the same sequences.
@Suite("Drift detection")
struct DriftDetectionTests {
    /// 1000 zeros and ones of each rate, by a linear congruential generator.
    private func bits(_ rates: [Double]) -> [Double] {
        var state = 1
        return rates.flatMap { rate in
            (0..<1000).map { _ in
                state = (state * 1_103_515_245 + 12_345) % (1 << 31)
                return Double(state) / Double(1 << 31) < rate ? 1 : 0
            }
        }
    }

    @Test("Page–Hinkley finds the changes that river finds")
    func pageHinkley() {
        func found(_ threshold: Double, _ rates: [Double]) -> [Int] {
            var test = PageHinkley(threshold: threshold)
            return bits(rates).enumerated().filter { test.update($0.element) }.map(\.offset)
        }
        #expect(found(50, [0.2, 0.8, 0.1]) == [1078, 2061])
        #expect(
            found(5, [0.3, 0.3, 0.4, 0.2]) == [
                34, 114, 207, 247, 301, 341, 496, 692, 832, 903, 981, 1054, 1096, 1158, 1294, 1452, 1568, 1626, 1662,
                1702, 1772, 1823, 1864, 2034, 2082, 2313, 2390, 2461, 2641, 2671, 2778, 2824, 2874, 2941, 3045, 3215,
                3326, 3401, 3438, 3497, 3617, 3807, 3848,
            ])
    }

    @Test("ADWIN finds the changes that river finds, and keeps windows of the same length, sum and variance")
    func adaptiveWindow() {
        func found(_ clock: Int, _ rates: [Double]) -> (changes: [[Int]], window: AdaptiveWindow) {
            var (window, changes) = (AdaptiveWindow(clock: clock), [[Int]]())
            for (index, bit) in bits(rates).enumerated() where window.update(bit) {
                changes.append([index, window.count])
            }
            return (changes, window)
        }
        let slow = found(32, [0.2, 0.8, 0.1])
        #expect(slow.changes == [[1023, 896], [1055, 96], [1087, 112], [2047, 80], [2079, 96]])
        #expect(slow.window.count == 1016 && slow.window.sum == 109)
        // the sum of squared deviations
        #expect(abs(slow.window.squares - 97.30610236220528) < 1e-9)
        let fast = found(1, [0.3, 0.3, 0.4, 0.2])
        #expect(fast.changes == [[2679, 2168], [2737, 1970], [3197, 446], [3303, 488]])
        #expect(fast.window.count == 1184 && fast.window.sum == 264)
    }

    @Test("No change is found where there is none")
    func constant() {
        var (window, test) = (AdaptiveWindow(clock: 1), PageHinkley())
        for _ in 0..<2000 { #expect(!window.update(0.5) && !test.update(0.5)) }
        #expect(window.count == 2000 && window.mean == 0.5)
    }

    @Test("The saved state of a window is sound, unless it was edited")
    func soundness() throws {
        var window = AdaptiveWindow()
        for bit in bits([0.2, 0.8]) { _ = window.update(bit) }
        let text = String(decoding: try JSONEncoder().encode(window), as: UTF8.self)
        func decoded(_ text: String) throws -> AdaptiveWindow {
            try JSONDecoder().decode(AdaptiveWindow.self, from: Data(text.utf8))
        }
        #expect(try window.isSound && decoded(text) == window)
        for (old, new) in [
            ("\"count\":\(window.count)", "\"count\":\(window.count + 1)"), ("\"clock\":32", "\"clock\":0"),
            ("\"values\":2000", "\"values\":3"),
        ] {
            #expect(text.contains(old), "\(text)")
            #expect(try !decoded(text.replacingOccurrences(of: old, with: new)).isSound, "\(new)")
        }
    }
}
