import Kernels

/// A search along a line for a point that fulfils the strong Wolfe conditions.
///
/// f(α) ≤ f(0) + c₁·α·f′(0) and |f′(α)| ≤ c₂·|f′(0)|.
/// Source: Nocedal and Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6.
struct StrongWolfeSearch {
    /// c₁ and c₂.
    private let decrease = 1e-4
    private let curvature = 0.9
    private let evaluationLimit = 40
    /// Values are sums in Float32: differences below this part of them are noise, and don't count as a rise.
    private let noise = 0x1p-22
    /// Where a step is to change the value by less than this part, rounding of what the loss is computed from may
    /// outweigh that: such rises do not count, and the slopes decide. Source: Hager and Zhang, "A new conjugate
    /// gradient method with guaranteed descent and an efficient line search", 2005, (4.2).
    private let indistinct = 0x1p-16

    /// A point of the line.
    struct Point {
        let step: Double
        let slope: Double
        let evaluation: Objective.Evaluation
        var value: Double { evaluation.value }
    }

    /// The values along the line.
    private struct Line {
        let start: Point
        let evaluate: (Double) throws -> Point
        private(set) var evaluationsLeft: Int

        init(start: Point, evaluationLimit: Int, evaluate: @escaping (Double) throws -> Point) {
            (self.start, self.evaluate, evaluationsLeft) = (start, evaluate, evaluationLimit)
        }

        mutating func point(_ step: Double) throws -> Point? {
            guard evaluationsLeft > 0 else { return nil }
            evaluationsLeft -= 1
            return try evaluate(step)
        }
    }

    /// A point that fulfils the conditions; nil when there is none to be found, as where values are all noise.
    /// - Parameters:
    ///   - start: the point of step 0, whose slope is below 0.
    ///   - firstStep: tried first.
    ///   - evaluate: the point of a step.
    func search(from start: Point, firstStep: Double, _ evaluate: @escaping (Double) throws -> Point) throws -> Point? {
        var line = Line(start: start, evaluationLimit: evaluationLimit, evaluate: evaluate)
        var previous = start
        var step = firstStep
        while let point = try line.point(step) {
            if isTooHigh(point, line) || previous.step > 0 && point.value > previous.value + tolerance(point, line) {
                return try zoom(low: previous, high: point, &line)
            }
            if isFlat(point, line) { return point }
            if point.slope >= 0 { return try zoom(low: point, high: previous, &line) }
            previous = point
            step *= 2
        }
        return nil
    }

    /// Whether the first condition fails, or the value is no number.
    private func isTooHigh(_ point: Point, _ line: Line) -> Bool {
        let bound = line.start.value + decrease * point.step * line.start.slope + tolerance(point, line)
        return !(point.value <= bound)
    }

    /// The rise of a value that may be noise.
    private func tolerance(_ point: Point, _ line: Line) -> Double {
        let value = abs(line.start.value)
        return value * (point.step * abs(line.start.slope) < indistinct * value ? indistinct : noise)
    }

    private func isFlat(_ point: Point, _ line: Line) -> Bool { abs(point.slope) <= -curvature * line.start.slope }

    /// Narrows an interval that has points that fulfil the conditions; `low` has the lower value.
    private func zoom(low: Point, high: Point, _ line: inout Line) throws -> Point? {
        var (low, high) = (low, high)
        while abs(high.step - low.step) > 1e-12 * max(low.step, high.step),
            let point = try line.point(step(between: low, high))
        {
            if isTooHigh(point, line) || point.value > low.value + tolerance(point, line) {
                high = point
            } else {
                if isFlat(point, line) { return point }
                if point.slope * (high.step - low.step) >= 0 { high = low }
                low = point
            }
        }
        return nil
    }

    /// The minimum of the cubic through both values and slopes, (3.59), well within the interval; else its middle.
    private func step(between low: Point, _ high: Point) -> Double {
        let width = high.step - low.step
        let middle = low.step + 0.5 * width
        guard high.value.isFinite && high.slope.isFinite else { return middle }
        let first = low.slope + high.slope - 3 * (low.value - high.value) / (low.step - high.step)
        let root = (first * first - low.slope * high.slope).squareRoot() * (width < 0 ? -1 : 1)
        let step = high.step - width * (high.slope + root - first) / (high.slope - low.slope + 2 * root)
        let part = (step - low.step) / width
        return part > 0.1 && part < 0.9 ? step : middle
    }
}
