import Environments
import TensorEngine

/// The transitions of all environments since the last updates: [environments · steps, numbers of a transition].
final class Rollout {
    private let observationSize, actionSize: Int
    let count: Int
    /// The same on all ranks.
    let kept: KeptNumbers
    private(set) var isEmpty = true

    init(_ world: any Environment, rows: Int) {
        (observationSize, actionSize, count) = (world.observationSize, world.actionSpace.size, rows)
        kept = KeptNumbers("rollout", shape: [rows, Self.width(world)])
    }

    /// Numbers of a transition: observation, action, its log-probability, advantage, target of the value.
    static func width(_ world: any Environment) -> Int { world.observationSize + world.actionSpace.size + 3 }

    private var width: Int { observationSize + actionSize + 3 }

    /// Some transitions.
    struct Rows {
        /// [n, observation] and [n, action].
        let observations, actions: Tensor
        /// [n] each.
        let logProbability, advantage, target: Tensor
    }

    /// Takes the transitions of all environments.
    func fill(_ rows: Tensor, normalizes: Bool) {
        rows.withElements { _ = kept.elements.update(fromContentsOf: $0) }
        isEmpty = false
        guard normalizes, count > 1 else { return }
        // PyTorch's: the deviation of a sample, and 1e-8
        let places = (0..<count).map { ($0 + 1) * width - 2 }
        let mean = places.reduce(0.0) { $0 + Double(kept.elements[$1]) } / Double(count)
        let squares = places.reduce(0.0) { sum, place in
            let difference = Double(kept.elements[place]) - mean
            return sum + difference * difference
        }
        let deviation = (squares / Double(count - 1)).squareRoot() + 1e-8
        for place in places { kept.elements[place] = Float((Double(kept.elements[place]) - mean) / deviation) }
    }

    /// The transitions of these numbers.
    func rows(_ numbers: [Int]) -> Rows {
        func gather(_ columns: Range<Int>, _ shape: Shape) -> Tensor {
            Tensor(shape: shape) { target in
                for (row, number) in numbers.enumerated() {
                    let start = number * width
                    for column in columns {
                        target[row * columns.count + column - columns.lowerBound] = kept.elements[start + column]
                    }
                }
            }
        }
        let (n, end) = (numbers.count, observationSize + actionSize)
        return Rows(
            observations: gather(0..<observationSize, [n, observationSize]),
            actions: gather(observationSize..<end, [n, actionSize]), logProbability: gather(end..<end + 1, [n]),
            advantage: gather(end + 1..<end + 2, [n]), target: gather(end + 2..<end + 3, [n]))
    }
}
