import Communication
import TensorEngine
import Training

/// How important each weight is for the tasks learned so far, and where it is to stay: a penalty Σ Ω·(θ - μ)² on its change.
///
/// A checkpoint holds it, with the path of synaptic intelligence through the task that is being learned.
final class WeightImportance: Persistent {
    private let parameters: [Parameter]
    /// Ω and μ of each parameter; the path integral ω so far in this task, and the weights at its start.
    private var importance, anchor, path, start: [Tensor]
    /// The tasks that Ω and μ are of.
    private var tasks = 0
    /// What checkpoints are written from and read to: the four of all parameters, one after the other.
    private let storage: PersistentStorage

    /// That of these parameters, of which none is important yet.
    init(_ parameters: [Parameter]) {
        self.parameters = parameters
        let zeros = parameters.map { Tensor(repeating: 0, shape: $0.shape) }
        (importance, anchor, path, start) = (zeros, zeros, zeros, zeros)
        storage = PersistentStorage(count: 4 * parameters.reduce(0) { $0 + $1.shape.count })
    }

    /// Σ Ω·(θ - μ)²; nil before the first task has been learned.
    func penalty() -> Tensor? {
        if tasks == 0 { return nil }
        return parameters.indices.map { index in
            let change = parameters[index].value - anchor[index]
            return (importance[index] * change * change).sum()
        }.reduce(Tensor(0), +)
    }

    /// Copies of the weights.
    func weights() -> [Tensor] {
        parameters.map { parameter in
            Tensor(shape: parameter.shape) { copy in
                parameter.value.withElements { _ = copy.update(fromContentsOf: $0) }
            }
        }
    }

    /// Begins the path through a task at the present weights.
    func beginTask() {
        start = weights()
        path = parameters.map { Tensor(repeating: 0, shape: $0.shape) }
    }

    /// Adds what a step from the weights `before` contributes to the path: -g·Δθ, with the gradient g of the loss without the
    /// penalty (Zenke, Poole, Ganguli, 2017, equation 3).
    /// - Parameters:
    ///   - gradients: of the mean loss with the penalty, for each parameter.
    ///   - strength: the weight of the penalty in the loss.
    func follow(_ gradients: [Tensor], from before: [Tensor], strength: Float) {
        for (index, parameter) in parameters.enumerated() {
            var gradient = gradients[index]
            if tasks > 0 {
                gradient = gradient - importance[index] * (before[index] - anchor[index]) * (2 * strength)
            }
            path[index] = path[index] - gradient * (parameter.value.detached - before[index])
        }
    }

    /// Ends a task of synaptic intelligence: Ω += ω/(Δθ² + ξ), and the weights are to stay where they are (equation 5).
    func addPath(damping: Float) {
        anchor = weights()
        for index in parameters.indices {
            let change = anchor[index] - start[index]
            importance[index] = importance[index] + path[index] / (change * change + damping)
        }
        tasks += 1
    }

    /// Ends a task of elastic weight consolidation: adds the penalty Σ F·(θ - θ*)² at the present weights θ* to the former one.
    ///
    /// Quadratics add up to one about their weighted mean, and a constant, which has no gradient and is left out.
    func add(fisher: [Tensor]) {
        for (index, parameter) in parameters.enumerated() {
            let total = importance[index] + fisher[index]
            let share = fisher[index] / Tensor.where(total .> 0, total, 1)
            anchor[index] = anchor[index] + share * (parameter.value.detached - anchor[index])
            importance[index] = total
        }
        tasks += 1
    }

    var stateTensors: [PersistentTensor] {
        [
            PersistentTensor(
                name: "continual.importance_anchor_path_start", shape: [4, storage.elements.count / 4],
                storage: storage)
        ]
    }

    func notes(at position: RunPosition) -> [String: String] { ["continual.consolidated_tasks": "\(tasks)"] }

    func restore(_ notes: SavedNotes) throws {
        tasks = try notes.integer("continual.consolidated_tasks", in: 0...1000) ?? 0
    }

    func gather(over communicator: any Communicator) throws {
        var next = storage.elements.startIndex
        for tensor in importance + anchor + path + start {
            let end = next + tensor.shape.count
            tensor.withElements {
                _ = UnsafeMutableBufferPointer(rebasing: storage.elements[next..<end]).update(fromContentsOf: $0)
            }
            next = end
        }
    }

    func distribute(over communicator: any Communicator) throws {
        try communicator.broadcast(UnsafeMutableRawBufferPointer(storage.elements), from: 0)
        var next = storage.elements.startIndex
        func read() -> [Tensor] {
            parameters.map { parameter in
                let end = next + parameter.shape.count
                defer { next = end }
                return Tensor(Array(storage.elements[next..<end]), shape: parameter.shape)
            }
        }
        (importance, anchor) = (read(), read())
        (path, start) = (read(), read())
    }
}
