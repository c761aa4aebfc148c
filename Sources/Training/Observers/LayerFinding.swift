import Foundation
import Messages
import RunRecords

/// Something wrong with the gradients or updates of one weight matrix, kernel or table.
///
/// What is judged is the gradient relative to the weights, ‖g‖/‖w‖, which does not depend on the layer's size. Biases and
/// normalizations' scales are not judged: they often begin at 0.
struct LayerFinding {
    /// What is wrong.
    enum Kind { case vanishing, exploding, tooFast }
    /// Which parameter it is wrong with.
    struct Subject: Hashable {
        let name: String
        let kind: Kind
    }

    let subject: Subject
    private let layer: DiagnosisReport.Layer
    private let strongest: DiagnosisReport.Layer

    /// Below this part of the largest relative gradient a layer's vanishes. Where the layer that moves most does so by the
    /// usual 10⁻³ of its weights a step (Karpathy, CS231n, "Ratio of weights:updates"), this one moves by less than 10⁻⁸ of
    /// them, which Float32, with its 6·10⁻⁸, rounds away. With sigmoids it falls to at most a quarter with each layer
    /// (Hochreiter, 1991; Glorot and Bengio, 2010); in a transformer that learns it comes down to 10⁻⁴ (measured).
    static let vanishing = 1e-5
    /// Above this a relative gradient explodes: in networks that learn it is from 10⁻⁴ to 10 (You, Gitman and Ginsburg,
    /// "Large batch training of convolutional networks", 2017, table 1).
    static let exploding = 1e3
    /// A step above this part of the weights is too fast: a thousand times the usual 10⁻³.
    static let tooFast = 1.0

    /// What is wrong with these parameters. Weights that are all 0 are not judged.
    static func all(in layers: [DiagnosisReport.Layer]) -> [LayerFinding] {
        let judged = layers.filter { $0.weightNorm > 0 && $0.weightNorm.isFinite }
        guard let strongest = judged.max(by: { $0.relativeGradient < $1.relativeGradient }) else { return [] }
        return judged.flatMap { layer in
            var kinds: [Kind] = []
            if layer.relativeGradient < vanishing * strongest.relativeGradient { kinds.append(.vanishing) }
            if !(layer.relativeGradient <= exploding) { kinds.append(.exploding) }
            if !(layer.updateNorm <= tooFast * layer.weightNorm) { kinds.append(.tooFast) }
            return kinds.map {
                LayerFinding(subject: Subject(name: layer.name, kind: $0), layer: layer, strongest: strongest)
            }
        }
    }

    /// The finding in plain words, and what may help.
    func text(step: Int) -> String {
        let name = layer.name
        let norm = layer.gradientNorm.shortened
        return switch subject.kind {
        case .vanishing:
            "step \(step): the gradient of \(name) vanishes: its norm \(norm) is \(layer.relativeGradient.shortened) of its weights', where that of \(strongest.name) is \(strongest.relativeGradient.shortened); it hardly learns: use ReLU in place of sigmoid or tanh, normalization, residual blocks or fewer layers"
        case .exploding:
            "step \(step): the gradient of \(name) explodes: its norm \(norm) is \(layer.relativeGradient.shortened) times its weights'; set clip.global_norm, lower optimizer.learning_rate, or begin with smaller weights"
        case .tooFast:
            "step \(step): one step moves \(name) by \(Readable.percent(layer.updateNorm / layer.weightNorm, decimals: 0)) of its norm, where 0.1 % is usual; lower optimizer.learning_rate, or set schedule.warmup_steps"
        }
    }
}
