import CKernels
import Kernels
import Preconditions

/// For each sample `-ln p(target | input)`: log-probabilities [batch, time, classes] → [batch].
///
/// Source: Graves, Fernández, Gomez, Schmidhuber, "Connectionist temporal classification", ICML 2006.
struct ConnectionistTemporalClassification: Primitive {
    static let saves: SavedValues = .inputs
    let targets: TemporalTargets

    func forward(_ inputs: [Tensor]) -> Tensor { compute(inputs[0], gradient: nil) }

    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) {
        let gradient = Tensor(shape: inputs[0].shape) { _ in }
        return (compute(inputs[0], gradient: gradient.buffer.pointer), [gradient])
    }

    // l = -ln Σ_paths Π_t y[t, k(t)]  ⇒  ∂l/∂ln y[t, k] = -p(k at t | target), from the forward-backward algorithm
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        if saved.recordsGraph { return vjpByComposition(cotangent, saved) { recorded($0[0]) } }
        return [saved.kept[0] * cotangent.reshaped(to: [cotangent.shape.count, 1, 1])]
    }

    private func compute(_ logProbabilities: Tensor, gradient: UnsafeMutablePointer<Float>?) -> Tensor {
        let shape = logProbabilities.shape
        targets.check(shape)
        let width = targets.labels.shape[1]
        // two Float32 of memory for each Float64
        let workspace = Buffer(count: 2 * 2 * shape[1] * (2 * width + 1))
        return Tensor(shape: [shape[0]]) { losses in
            workspace.pointer.withMemoryRebound(to: Double.self, capacity: workspace.count / 2) { workspace in
                targets.labels.values.withUnsafeBufferPointer { labels in
                    targets.inputLengths.values.withUnsafeBufferPointer { inputLengths in
                        targets.targetLengths.values.withUnsafeBufferPointer { targetLengths in
                            lockstep_ctc(
                                lockstep_ctc_problem(
                                    batch: shape[0], time: shape[1], classes: shape[2], target_stride: width,
                                    targets: labels.baseAddress, input_lengths: inputLengths.baseAddress,
                                    target_lengths: targetLengths.baseAddress, blank: Int32(targets.blank),
                                    zero_infinity: targets.zeroesInfinity ? 1 : 0),
                                logProbabilities.buffer.pointer, workspace, losses.baseAddress!, gradient)
                        }
                    }
                }
            }
        }
    }

    /// The same in recorded operations: the forward algorithm on probabilities, rescaled at each step (ibid., section 4.1).
    private func recorded(_ logProbabilities: Tensor) -> Tensor {
        let (batch, time, classes) = (
            logProbabilities.shape[0], logProbabilities.shape[1], logProbabilities.shape[2]
        )
        let losses = compute(logProbabilities.detached, gradient: nil).values
        return .concatenated(
            (0..<batch).map { sample -> Tensor in
                if losses[sample] == 0 && targets.zeroesInfinity { return Tensor([0]) }
                let extended = targets.extended(sample)
                let positions = extended.indices
                // to s from s, s - 1, and s - 2 past a blank between different labels
                let moves = Tensor(
                    positions.flatMap { from in
                        positions.map { to in
                            let skips =
                                to == from + 2 && extended[to] != targets.blank && extended[to] != extended[from]
                            return to == from || to == from + 1 || skips ? 1 : 0
                        }
                    }, shape: [extended.count, extended.count])
                let chosen = Tensor(
                    (0..<classes).flatMap { label in positions.map { extended[$0] == label ? 1 : 0 } },
                    shape: [classes, extended.count])
                let probabilities = logProbabilities.slice(sample..<(sample + 1), alongAxis: 0)
                    .reshaped(to: [time, classes]).exp().matrixProduct(chosen)
                var alpha = Tensor(positions.map { $0 < 2 ? 1 : 0 }, shape: [1, extended.count])
                var loss = Tensor(0)
                for step in 0..<Int(targets.inputLengths.values[sample]) {
                    if step > 0 { alpha = alpha.matrixProduct(moves) }
                    alpha = alpha * probabilities.slice(step..<(step + 1), alongAxis: 0)
                    let sum = alpha.sum()
                    loss = loss - sum.log()
                    alpha = alpha / sum
                }
                let ends = Tensor(positions.map { $0 >= extended.count - 2 ? 1 : 0 }, shape: [1, extended.count])
                return (loss - (alpha * ends).sum().log()).reshaped(to: [1])
            }, alongAxis: 0)
    }
}

/// What connectionist temporal classification compares with: a sequence of labels for each sample, shorter than its input.
public struct TemporalTargets: Sendable {
    /// The labels, [batch, longest target]; beyond a target's length any.
    public let labels: Indices
    /// For each sample how many time steps its input has, at least 1.
    public let inputLengths: Indices
    /// For each sample how many labels it has; may be 0.
    public let targetLengths: Indices
    /// The class of no label.
    public let blank: Int
    /// Whether a target that no path fits costs 0, with gradient 0, instead of infinity.
    public let zeroesInfinity: Bool

    /// The targets of a batch.
    public init(
        labels: Indices, inputLengths: Indices, targetLengths: Indices, blank: Int = 0, zeroesInfinity: Bool = false
    ) {
        let batch = inputLengths.count
        require(
            labels.shape.rank == 2 && labels.shape[0] == batch && targetLengths.count == batch
                && targetLengths.values.allSatisfy { $0 >= 0 && Int($0) <= labels.shape[1] },
            "TemporalTargets: labels \(labels.shape), \(batch) input lengths and target lengths \(targetLengths.values) do not fit"
        )
        (self.labels, self.inputLengths, self.targetLengths) = (labels, inputLengths, targetLengths)
        (self.blank, self.zeroesInfinity) = (blank, zeroesInfinity)
    }

    /// A sample's labels with blanks before, between and behind.
    func extended(_ sample: Int) -> [Int] {
        let start = sample * labels.shape[1]
        let target = labels.values[start..<(start + Int(targetLengths.values[sample]))]
        return target.reduce([blank]) { $0 + [Int($1), blank] }
    }

    func check(_ shape: Shape) {
        require(
            shape.rank == 3 && shape[0] == inputLengths.count
                && inputLengths.values.allSatisfy { $0 >= 1 && Int($0) <= shape[1] },
            "connectionist temporal classification: the input lengths \(inputLengths.values) do not fit the shape \(shape)"
        )
        require(
            blank >= 0 && blank < shape[2],
            "connectionist temporal classification: the blank \(blank) is outside 0..<\(shape[2])")
        for sample in 0..<shape[0] {
            for label in extended(sample) {
                require(
                    label >= 0 && label < shape[2],
                    "connectionist temporal classification: label \(label) is outside 0..<\(shape[2])")
            }
        }
    }
}

extension Tensor {
    /// For each sample of log-probabilities [batch, time, classes] the negative log-likelihood of its target: [batch].
    public func connectionistTemporalClassification(_ targets: TemporalTargets) -> Tensor {
        ConnectionistTemporalClassification(targets: targets)(self)
    }
}
