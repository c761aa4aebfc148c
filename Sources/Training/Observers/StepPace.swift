import Preconditions

/// How long a rank took in each step until its gradients were ready: of evenly spread steps, at most `capacity` of them.
///
/// When the room is full every other step is forgotten, and only every second one noted from there on. Which steps are noted
/// depends on their number alone, so that those of all ranks belong together.
struct StepPace: Equatable {
    /// A step, in milliseconds.
    struct Step: Equatable {
        /// Waiting for the batch.
        var data: Float
        /// Forward, backward and packing.
        var computing: Float
        /// From the end of the step before to the gradients.
        var whole: Float { data + computing }
    }

    private let capacity: Int
    private(set) var steps: [Step] = []
    private var stride = 1
    private var seen = 0

    /// Room for `capacity` steps, at least 2.
    init(capacity: Int = 4096) {
        require(capacity >= 2, "StepPace: capacity is \(capacity), and must be at least 2")
        self.capacity = capacity
        steps.reserveCapacity(capacity)
    }

    /// Takes in a step.
    mutating func add(data: Double, computing: Double) {
        defer { seen += 1 }
        guard seen % stride == 0 else { return }
        if steps.count == capacity {
            steps = steps.indices.filter { $0 % 2 == 0 }.map { steps[$0] }
            steps.reserveCapacity(capacity)
            stride *= 2
            guard seen % stride == 0 else { return }
        }
        steps.append(Step(data: Float(data), computing: Float(computing)))
    }
}
