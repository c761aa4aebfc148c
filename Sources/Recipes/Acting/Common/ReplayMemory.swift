import Communication
import Environments
import Settings
import TensorEngine
import Training

/// The last transitions of all environments, the same on every rank: a ring of rows.
///
/// Source of the priorities: Schaul, Quan, Antonoglou, Silver, "Prioritized experience replay", 2016, section 3.
final class ReplayMemory: Persistent {
    private let observationSize, actionSize, capacity: Int
    private let priority: Double
    private let kept: KeptNumbers
    private var next = 0
    private(set) var count = 0
    private var tree: PriorityTree?

    init(_ world: any Environment, _ settings: ReplaySettings) {
        (observationSize, actionSize, capacity) = (world.observationSize, world.actionSpace.size, settings.capacity)
        priority = settings.priority
        kept = KeptNumbers("replay", shape: [settings.capacity, Self.width(world) + 1])
        tree = priority > 0 ? PriorityTree(count: capacity) : nil
    }

    /// Numbers of a transition: observation, action, reward, whether it is terminal, next observation.
    static func width(_ world: any Environment) -> Int { 2 * world.observationSize + world.actionSpace.size + 2 }

    /// With the priority.
    private var width: Int { 2 * observationSize + actionSize + 3 }

    /// Some transitions.
    struct Rows {
        /// [n, observation], [n, action] and [n, observation].
        let observations, actions, nextObservations: Tensor
        /// [n] each; 0 where nothing follows, else 1.
        let rewards, continues: Tensor
    }

    /// Takes transitions in, [n, numbers of a transition], in place of the oldest ones.
    func append(_ rows: Tensor) {
        let size = width - 1
        rows.withElements { elements in
            for row in 0..<rows.shape[0] {
                for column in 0..<size { kept.elements[next * width + column] = elements[row * size + column] }
                // new transitions are as likely as the likeliest; no copy of the tree, which setting changes
                if let most = tree?.largest { setPriority(most > 0 ? most : 1, of: next) }
                next = (next + 1) % capacity
                count = min(count + 1, capacity)
            }
        }
    }

    private func setPriority(_ value: Double, of index: Int) {
        let rounded = Float(value)
        kept.elements[index * width + width - 1] = rounded
        tree?.set(index, to: Double(rounded))
    }

    /// Takes in the temporal-difference errors of transitions that were learned from.
    func setErrors(_ errors: [Float], of indices: [Int]) {
        for (index, error) in zip(indices, errors) where error.isFinite {
            setPriority(realPower(Double(abs(error)) + 1e-6, priority), of: index)
        }
    }

    /// The transitions of the draws 0 ..< `draws` of an optimizer step, and their weights: 1, or of prioritized draws
    /// (count · probability)^-β over the largest one.
    func draw(_ draws: Int, step: Int, seed: UInt64, importance: Double) -> (indices: [Int], weights: [Float]) {
        let numbers = (0..<draws).map { draw in
            var random = EnvironmentRandom(seed: seed, environment: draw, episode: step, step: 0, purpose: .replay)
            return random.uniform()
        }
        guard let tree, tree.total > 0 else {
            return (
                numbers.map { min(Int($0 * Double(count)), count - 1) }, [Float](repeating: 1, count: draws)
            )
        }
        let indices = numbers.enumerated().map { draw, number in
            // one from each of equal parts of the sum
            min(tree.find((Double(draw) + number) / Double(draws) * tree.total), count - 1)
        }
        let weights = indices.map { realPower(Double(count) * tree[$0] / tree.total, -importance) }
        let largest = weights.max() ?? 1
        return (indices, weights.map { Float($0 / largest) })
    }

    /// The transitions of these indices.
    func rows(_ indices: [Int]) -> Rows {
        func gather(_ columns: Range<Int>, _ shape: Shape) -> Tensor {
            Tensor(shape: shape) { target in
                for (row, index) in indices.enumerated() {
                    for column in columns {
                        target[row * columns.count + column - columns.lowerBound] =
                            kept.elements[index * width + column]
                    }
                }
            }
        }
        let (n, end) = (indices.count, observationSize + actionSize)
        return Rows(
            observations: gather(0..<observationSize, [n, observationSize]),
            actions: gather(observationSize..<end, [n, actionSize]),
            nextObservations: gather(end + 2..<end + 2 + observationSize, [n, observationSize]),
            rewards: gather(end..<end + 1, [n]), continues: 1 - gather(end + 1..<end + 2, [n]))
    }

    /// Writes a transition to `row`, `width` numbers.
    static func write(
        _ observation: ArraySlice<Float>, _ action: ArraySlice<Float>, reward: Float, isTerminal: Bool,
        _ next: ArraySlice<Float>, to rows: inout [Float]
    ) {
        rows += observation
        rows += action
        rows.append(reward)
        rows.append(isTerminal ? 1 : 0)
        rows += next
    }

    // MARK: - Checkpoints

    var stateTensors: [PersistentTensor] { kept.stateTensors }

    func notes(at position: RunPosition) -> [String: String] { ["replay.count": "\(count)", "replay.next": "\(next)"] }

    func restore(_ notes: SavedNotes) throws {
        count = try notes.integer("replay.count", in: 0...capacity) ?? 0
        next = try notes.integer("replay.next", in: 0...capacity - 1) ?? 0
    }

    func distribute(over communicator: any Communicator) throws {
        try kept.distribute(over: communicator)
        guard priority > 0 else { return }
        var tree = PriorityTree(count: capacity)
        for index in 0..<count {
            let saved = Double(kept.elements[index * width + width - 1])
            tree.set(index, to: saved > 0 ? saved : 0)
        }
        self.tree = tree
    }
}
