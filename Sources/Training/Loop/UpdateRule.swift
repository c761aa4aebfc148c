import DataParallel
import Machine
import Optimizers
import Messages

/// What changes the weights in a step.
enum UpdateRule {
    /// One gradient is computed, and followed.
    case gradient(any Optimizer)
    /// The loss over the batch is searched along lines.
    case secondOrder(SecondOrderOptimizer)
    /// Each of some workers follows its own gradient, and they are averaged from time to time.
    case local(LocalWorkers)

    /// What it remembers.
    var method: any OptimizationMethod {
        switch self {
        case .gradient(let optimizer): optimizer
        case .secondOrder(let optimizer): optimizer
        case .local(let workers): workers
        }
    }

    /// The workers that train apart, if they do.
    var workers: LocalWorkers? { if case .local(let workers) = self { workers } else { nil } }
}

/// The matrix of BFGS does not fit into the memory that there is.
struct InverseHessianTooLarge: Error, CustomStringConvertible {
    let weights: Int
    let needed: Double
    let available: MemoryLimit

    /// Throws when a matrix of Float64 with a row for each of `weights` numbers takes more than a process may have.
    static func check(weights: Int) throws {
        let needed = Double(weights) * Double(weights) * 8
        let available = MemoryLimit.total()
        if needed > Double(available.bytes) {
            throw InverseHessianTooLarge(weights: weights, needed: needed, available: available)
        }
    }

    var description: String {
        "optimizer.name bfgs keeps a matrix with a row for each of the \(weights) weights, \(Readable.gibibytes(needed)); \(available.source) has \(Readable.gibibytes(Double(available.bytes))): use lbfgs"
    }
}
