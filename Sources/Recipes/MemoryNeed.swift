import Foundation
import Training

/// Refuses models that do not fit into the memory of this machine, before they are made.
struct MemoryNeed {
    /// Weights and other trained numbers.
    var parameters: Double
    /// Numbers that a sample's forward pass keeps for its backward pass, at least.
    var activations = 0.0
    /// The settings that it follows from.
    let settings: String

    /// Throws when weights and gradients, and the activations of one shard's samples, take more than the machine has.
    func check(_ settings: Settings) throws {
        let samples = max(1, settings.globalBatch / max(1, settings.shards))
        let bytes = 8 * parameters + 4 * activations * Double(samples)
        let available = ProcessInfo.processInfo.physicalMemory
        guard bytes <= Double(available) else {
            throw ModelTooLarge(need: self, samples: samples, bytes: bytes, available: available)
        }
    }
}

/// A model whose weights, gradients and activations do not fit into the memory of this machine.
struct ModelTooLarge: Error, CustomStringConvertible {
    let need: MemoryNeed
    let samples: Int
    let bytes: Double
    let available: UInt64

    var description: String {
        let weights = String(format: "%.0f", need.parameters)
        let activations = need.activations > 0 ? ", and the activations of \(samples) samples of a shard," : ""
        return
            "\(need.settings) make \(weights) weights, which with their gradients\(activations) need \(Readable.gibibytes(bytes)) of memory; this machine has \(Readable.gibibytes(Double(available))): choose smaller ones"
    }
}
