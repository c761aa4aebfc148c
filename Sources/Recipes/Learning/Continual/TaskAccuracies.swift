import Communication
import Training

/// The accuracy matrix of a sequence of tasks: in row i, column j the share of test images of task j that are classified right
/// after task i has been learned; row 0 is that before any. A checkpoint holds it.
final class TaskAccuracies: Persistent {
    private let tasks: Int
    private let storage: PersistentStorage
    /// The rows that are known.
    private var rows = 0
    /// The task that is being learned, from 1, or was learned last; 0 before a run has begun.
    private(set) var current = 0

    init(tasks: Int) {
        self.tasks = tasks
        storage = PersistentStorage(count: (tasks + 1) * tasks)
    }

    private subscript(row: Int, task: Int) -> Double { Double(storage.elements[row * tasks + task]) }

    /// Notes that this task is being learned, from 1.
    func begin(_ task: Int) { current = task }

    /// Whether the row of what was before any task is known.
    var hasBegun: Bool { rows > 0 }

    /// Appends the accuracies on all tasks as the next row.
    func append(_ accuracies: [Double]) {
        for (task, accuracy) in accuracies.enumerated() { storage.elements[rows * tasks + task] = Float(accuracy) }
        rows += 1
    }

    /// The metrics of a sequence of tasks, of which the first `current` are learned, with the present accuracies on all.
    ///
    /// Sources: forgetting, Chaudhry and others, "Riemannian walk for incremental learning", 2018; transfer, Lopez-Paz and
    /// Ranzato, "Gradient episodic memory for continual learning", 2017.
    func metrics(_ present: [Double]) -> [String: Double] {
        guard current > 0 else { return [:] }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        var metrics = ["average_accuracy": mean(Array(present.prefix(current)))]
        guard current > 1 else { return metrics }
        let former = 0..<current - 1
        // row 0 is before any task, so that row i is after task i
        metrics["forgetting"] = mean(
            former.map { task in ((1..<current).map { self[$0, task] }.max() ?? 0) - present[task] })
        metrics["backward_transfer"] = mean(former.map { present[$0] - self[$0 + 1, $0] })
        metrics["forward_transfer"] = mean((1..<current).map { self[$0, $0] - self[0, $0] })
        return metrics
    }

    var stateTensors: [PersistentTensor] {
        [PersistentTensor(name: "continual.accuracies", shape: [tasks + 1, tasks], storage: storage)]
    }

    func notes(at position: RunPosition) -> [String: String] {
        ["continual.accuracy_rows": "\(rows)", "continual.task": "\(current)"]
    }

    func restore(_ notes: SavedNotes) throws {
        rows = try notes.integer("continual.accuracy_rows", in: 0...tasks + 1) ?? 0
        current = try notes.integer("continual.task", in: 0...tasks) ?? 0
    }

    func distribute(over communicator: any Communicator) throws {
        try communicator.broadcast(UnsafeMutableRawBufferPointer(storage.elements), from: 0)
    }
}
