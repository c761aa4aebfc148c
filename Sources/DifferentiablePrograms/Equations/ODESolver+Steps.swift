import Foundation
import Preconditions
import TensorEngine

extension ODESolver {
    /// The derivatives of the parts of a state.
    typealias Derivatives = (_ time: Double, _ state: [Tensor]) -> [Tensor]

    /// The state at `end`.
    func advance(_ state: [Tensor], from start: Double, to end: Double, _ f: Derivatives) -> [Tensor] {
        switch self {
        case .rungeKutta4(let step):
            require(step > 0, "rungeKutta4: the step must be above 0, found \(step)")
            let wanted = (abs(end - start) / step - 1e-9).rounded(.up)
            guard wanted <= Double(Self.mostSteps) else { return Self.undefined(state) }
            return Self.classical(state, from: start, to: end, steps: max(1, Int(wanted)), f)
        case .dormandPrince(let relative, let absolute):
            require(
                relative >= 0 && absolute > 0,
                "dormandPrince: tolerances must be at least 0 and above 0, found \(relative) and \(absolute)")
            return Self.adaptive(state, from: start, to: end, relative, absolute, f)
        }
    }

    private static func undefined(_ state: [Tensor]) -> [Tensor] { state.map { $0 * Float.nan } }

    /// `y + Σ c·k`.
    private static func combined(_ y: [Tensor], _ terms: [(factor: Double, slopes: [Tensor])]) -> [Tensor] {
        y.indices.map { part in
            terms.reduce(y[part]) { $1.factor == 0 ? $0 : $0 + $1.slopes[part] * Float($1.factor) }
        }
    }

    private static func classical(
        _ state: [Tensor], from start: Double, to end: Double, steps: Int, _ f: Derivatives
    ) -> [Tensor] {
        let h = (end - start) / Double(steps)
        var y = state
        for step in 0..<steps {
            let t = start + h * Double(step)
            let k1 = f(t, y)
            let k2 = f(t + h / 2, combined(y, [(h / 2, k1)]))
            let k3 = f(t + h / 2, combined(y, [(h / 2, k2)]))
            let k4 = f(t + h, combined(y, [(h, k3)]))
            y = combined(y, [(h / 6, k1), (h / 3, k2), (h / 3, k3), (h / 6, k4)])
        }
        return y
    }

    /// Coefficients of the stages.
    private static let stages: [[Double]] = [
        fractions([1], [5]),
        fractions([3, 9], [40, 40]),
        fractions([44, -56, 32], [45, 15, 9]),
        fractions([19372, -25360, 64448, -212], [6561, 2187, 6561, 729]),
        fractions([9017, -355, 46732, 49, -5103], [3168, 33, 5247, 176, 18656]),
        fractions([35, 0, 500, 125, -2187, 11], [384, 1, 1113, 192, 6784, 84]),
    ]
    /// Where in the step the stages are.
    private static let nodes: [Double] = [0.2, 0.3, 0.8, 8.0 / 9, 1, 1]
    /// The solution of order 5 minus that of order 4.
    private static let errors = fractions(
        [71, 0, -71, 71, -17253, 22, -1], [57600, 1, 16695, 1920, 339200, 525, 40])

    private static func fractions(_ numerators: [Double], _ denominators: [Double]) -> [Double] {
        zip(numerators, denominators).map { $0 / $1 }
    }

    private static func adaptive(
        _ state: [Tensor], from start: Double, to end: Double, _ relative: Double, _ absolute: Double, _ f: Derivatives
    ) -> [Tensor] {
        let direction: Double = end > start ? 1 : -1
        var (t, y) = (start, state)
        var first = f(t, y)
        var h = firstStep(y, first, t, direction, abs(end - start), relative, absolute, f)
        var wasRejected = false
        for _ in 0..<mostSteps {
            h = min(h, abs(end - t))
            guard h.isFinite, t + direction * h != t else { return undefined(state) }
            let step = direction * h
            var slopes = [first]
            var next = y
            for (coefficients, node) in zip(stages, nodes) {
                next = combined(y, zip(coefficients, slopes).map { (step * $0, $1) })
                slopes.append(f(t + step * node, next))
            }
            let zero = y.map { Tensor(repeating: 0, shape: $0.shape) }
            let error = norm(
                combined(zero, zip(errors, slopes).map { (step * $0, $1.map(\.detached)) }), y, next, relative, absolute
            )
            if error < 1 {
                let isLast = h >= abs(end - t)
                let factor = error == 0 ? 10 : min(10, 0.9 * pow(error, -0.2))
                (t, y, first) = (isLast ? end : t + step, next, slopes[6])
                if isLast { return y }
                h *= wasRejected ? min(1, factor) : factor
                wasRejected = false
            } else {
                // not a number, too: a smaller step may have one
                h *= error.isNaN ? 0.2 : max(0.2, 0.9 * pow(error, -0.2))
                wasRejected = true
            }
        }
        return undefined(state)
    }

    /// The root mean square of `values`, each in units of `absolute + relative·|y|`.
    private static func norm(
        _ values: [Tensor], _ y: [Tensor], _ next: [Tensor], _ relative: Double, _ absolute: Double
    ) -> Double {
        var (sum, count) = (0.0, 0)
        for part in values.indices {
            let (a, b) = (y[part].values, next[part].values)
            for (index, value) in values[part].values.enumerated() {
                let scaled = Double(value) / (absolute + relative * Double(max(abs(a[index]), abs(b[index]))))
                sum += scaled * scaled
            }
            count += a.count
        }
        return count > 0 ? (sum / Double(count)).squareRoot() : 0
    }

    /// The first step. Source: Hairer, Nørsett, Wanner, section II.4, as scipy has it.
    private static func firstStep(
        _ y: [Tensor], _ slope: [Tensor], _ t: Double, _ direction: Double, _ length: Double, _ relative: Double,
        _ absolute: Double, _ f: Derivatives
    ) -> Double {
        let (size, speed) = (norm(y, y, y, relative, absolute), norm(slope, y, y, relative, absolute))
        let trial = min(length, size < 1e-5 || speed < 1e-5 ? 1e-6 : 0.01 * size / speed)
        let moved = combined(y.map(\.detached), [(direction * trial, slope.map(\.detached))])
        let change = zip(f(t + direction * trial, moved), slope).map { ($0 - $1).detached }
        let bend = norm(change, y, y, relative, absolute) / trial
        let most = max(speed, bend)
        let step = most <= 1e-15 ? max(1e-6, trial * 1e-3) : pow(0.01 / most, 0.2)
        return min(100 * trial, step, length)
    }
}
