/// The values that a checkpoint's `progress` may have, by name: what comes from outside is bounded before it meets arithmetic.
package enum RunProgress {
    /// A name whose value nothing that was saved can have.
    package struct Flaw: Error, Equatable, CustomStringConvertible {
        let name, found, expected: String

        package var description: String {
            "the saved progress \(name) is \"\(found.prefix(40))\", and must be \(expected): the checkpoint's state.json was changed"
        }
    }

    /// A count that no run exceeds.
    fileprivate static let largestCount = 1_000_000_000_000

    private enum Form {
        case whole(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case word([String])

        func accepts(_ text: String) -> Bool {
            switch self {
            case .whole(let range): Int(text).map(range.contains) ?? false
            // nan is in no range
            case .number(let range): Double(text).map(range.contains) ?? false
            case .word(let words): words.contains(text)
            }
        }

        var text: String {
            switch self {
            case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
            case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
            case .word(let words): words.joined(separator: " or ")
            }
        }
    }

    /// Throws at the first name, by the alphabet, whose value no run has after `step` steps.
    package static func check(_ progress: [String: String], step: Int) throws(Flaw) {
        for (name, found) in progress.sorted(by: { $0.key < $1.key }) {
            guard let form = form(of: name, step: max(0, step)) else { continue }
            guard form.accepts(found) else { throw Flaw(name: name, found: found, expected: form.text) }
        }
    }

    private static func form(of name: String, step: Int) -> Form? {
        switch name {
        case "plateau.factor": .number(0...1)
        case "plateau.best": .number(-.greatestFiniteMagnitude ... .infinity)
        case "plateau.bad_count", "plateau.cooldown_left": .whole(0...largestCount)
        case "non_finite.skipped", "non_finite.in_a_row", "early_stopping.bad_count": .whole(0...step)
        case "best.metric", "early_stopping.metric": .word(EvaluationMetric.allCases.map(\.rawValue))
        case "best.score", "early_stopping.score": .number(-.greatestFiniteMagnitude ... .infinity)
        case "training_loss.sum": .number(-.greatestFiniteMagnitude ... .greatestFiniteMagnitude)
        case "best.step", "early_stopping.step": .whole(0...step)
        case "training_loss.count": .number(0...0x1p62)
        case "lbfgs.pairs": .whole(0...1000)
        case "bfgs.has_scale", "local.apart", EvaluationWatch.pendingName: .word(["true", "false"])
        default: nil
        }
    }
}

extension [String: String] {
    /// The whole number of this name, from 0 to what no run exceeds; nil for anything else.
    func whole(_ name: String) -> Int? {
        self[name].flatMap { Int($0) }.flatMap { (0...RunProgress.largestCount).contains($0) ? $0 : nil }
    }

    /// The number of this name; nil for one that is not a number.
    func number(_ name: String) -> Double? { self[name].flatMap(Double.init).flatMap { $0.isNaN ? nil : $0 } }
}
