import Communication
import Foundation
public import Layers
import Machine
import Messages
import Optimizers
public import Settings

/// The memory that a model needs, checked before the model is created.
///
/// A lower bound for a host: weights and optimizer state, gradients and activations of each rank, the data.
public struct MemoryNeed: Sendable {
    /// The number of trainable elements.
    public var parameters: Double
    /// The number of elements that the forward pass of a sample saves for its backward pass, at least.
    public var activations: Double
    /// Bytes of what is loaded already: the data, which a host holds once, and the program. Nil: as the system says.
    public var data: Double?
    /// The settings that decide it, such as `the layers of model.hidden`, for the error.
    public let settings: String

    /// The need of a model with so many elements.
    public init(parameters: Double, activations: Double = 0, data: Double? = nil, settings: String) {
        (self.parameters, self.activations, self.data, self.settings) = (parameters, activations, data, settings)
    }

    /// That of a perceptron of these widths, from the inputs on, of the setting `model.hidden`.
    public init(perceptron widths: [Int], connections: MultilayerPerceptron.Connections = .plain) {
        let inputs = connections.inputs(of: widths)
        self.init(
            parameters: zip(inputs, widths.dropFirst()).reduce(0.0) { $0 + Double($1.0) * Double($1.1) },
            settings: "the layers of model.hidden")
    }

    /// Throws when the ranks of this host, as many as the launcher says, need more memory than is available.
    public func check(_ settings: Settings) throws {
        let ranks = max(1, LaunchEnvironment.current?.localSize ?? 1)
        var need = self
        need.data = data ?? Double(MemoryLimit.inUse())
        try need.check(settings, ranks: ranks, limit: MemoryLimit.total(processes: ranks))
    }

    /// Throws when `ranks` ranks of a host need more than `limit`.
    func check(_ settings: Settings, ranks: Int, limit: MemoryLimit) throws {
        let samples = max(1, settings.globalBatch / max(1, settings.shards))
        // Each rank makes the weights before it shares them, and keeps their place for its gradients.
        let perRank = 8 * parameters + 4 * activations * Double(samples)
        let perHost = 4 * parameters * Double(settings.optimizerRule.statesPerWeight) + (data ?? 0)
        let bytes = perRank * Double(ranks) + perHost
        guard bytes <= Double(limit.bytes) else {
            throw ModelTooLarge(need: self, samples: samples, ranks: ranks, bytes: bytes, limit: limit)
        }
    }
}

/// A model that does not fit into the memory that there is, with what training needs besides.
struct ModelTooLarge: Error, CustomStringConvertible {
    let need: MemoryNeed
    let samples, ranks: Int
    let bytes: Double
    let limit: MemoryLimit

    var description: String {
        let weights = String(format: "%.0f", need.parameters)
        let activations = need.activations > 0 ? ", the activations of \(samples) samples of a shard" : ""
        let data = need.data.map { ", \(Readable.bytes(Int($0))) of data and program that are loaded" } ?? ""
        let host = ranks > 1 ? " on the \(ranks) ranks of this host" : ""
        return
            "\(need.settings) make \(weights) weights, which with their gradients\(activations)\(data) and the optimizer's state need \(Readable.gibibytes(bytes)) of memory\(host); \(limit.source) has \(Readable.gibibytes(Double(limit.bytes))): choose smaller ones"
    }
}
