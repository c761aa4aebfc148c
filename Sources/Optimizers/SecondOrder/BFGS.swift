import CKernels
import Foundation
import Kernels
import Machine
public import Settings
public import TensorEngine

/// BFGS: the direction -H·g with an approximation H of the inverse Hessian, kept in full in Float64.
///
/// H ← (I - ρ·s·yᵀ)·H·(I - ρ·y·sᵀ) + ρ·s·sᵀ, with ρ = 1/(yᵀs); at first H = (yᵀs / yᵀy)·I.
/// Source: Nocedal and Wright, 2006, algorithm 6.1, (6.17) and (6.20).
final class BFGS: SearchDirection {
    /// Where the parameters lie in a vector; H has a row for each of their elements.
    private let ranges: [Range<Int>]
    private let count: Int
    /// H row by row: the bits of Float64 elements, each in the place of two of Float32, as checkpoints take it.
    private let storage: Buffer
    private(set) var hasScale = false

    init(_ ranges: [Range<Int>]) {
        self.ranges = ranges
        count = ranges.reduce(0) { $0 + $1.count }
        storage = Buffer(repeating: 0, count: 2 * count * count)
    }

    /// The elements of `storage`, whose owner they are: valid as long as it.
    private var inverse: UnsafeMutablePointer<Double> {
        UnsafeMutableRawPointer(storage.pointer).assumingMemoryBound(to: Double.self)
    }

    func direction(_ gradient: Buffer, of objective: Objective) -> Buffer {
        guard hasScale else { return gradient.scaled(by: -1) }
        let product = product(elements(of: gradient))
        let result = Buffer(repeating: 0, count: gradient.count)
        for (place, value) in zip(ranges.joined(), product) { result.pointer[place] = Float(-value) }
        return result
    }

    func learn(step: Buffer, change: Buffer) {
        guard isPositive(step: step, change: change) else { return }
        let (s, y) = (elements(of: step), elements(of: change))
        let inner = step.dot(change)
        if !hasScale {
            inverse.update(repeating: 0, count: count * count)
            for i in 0..<count { inverse[i * count + i] = inner / change.dot(change) }
            hasScale = true
        }
        // multiplied out: H + (ρ + ρ²·yᵀz)·s·sᵀ - ρ·(s·zᵀ + z·sᵀ), with z = H·y
        let z = product(y)
        let yz = zip(y, z).reduce(0) { $0 + $1.0 * $1.1 }
        lockstep_symmetric_update(inverse, s, z, (1 + yz / inner) / inner, 1 / inner, count)
    }

    func reset() { hasScale = false }

    private func elements(of vector: Buffer) -> [Double] { ranges.joined().map { Double(vector.pointer[$0]) } }

    private func product(_ vector: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: count)
        lockstep_symmetric_product(inverse, vector, &result, count)
        return result
    }

    var state: [OptimizerState] {
        [OptimizerState(name: "bfgs.inverse_hessian.float64_bits", buffer: storage, shape: [count, count, 2])]
    }

    var progress: [String: String] { ["bfgs.has_scale": "\(hasScale)"] }

    func restore(_ progress: [String: String]) { hasScale = progress["bfgs.has_scale"] == "true" }
}

/// The settings of `optimizer.name bfgs`.
public struct BFGSSettings: SecondOrderRule {
    /// Iterations on the batch of each step.
    public var iterations = 1

    public init() {}

    public static let name = "bfgs"
    public static let keys: [Setting<Self>] = [
        Setting(
            "iterations", \.iterations, .whole(atLeast: 1, atMost: 1_000_000), aliases: ["max_iter"],
            "iterations on the batch of each step")
    ]

    public func makeOptimizer(_ arena: ParameterArena, _ groups: ParameterGroups) throws -> SecondOrderOptimizer {
        try InverseHessianTooLarge.check(weights: UpdatePlan(arena, .none, groups).trainedCount)
        return SecondOrderOptimizer(arena, .bfgs, groups: groups)
    }
}

extension SecondOrderMethod {
    /// BFGS, whose memory is quadratic in the number of weights: for few of them.
    public static let bfgs = SecondOrderMethod { ranges, _ in BFGS(ranges) }
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
        func gibibytes(_ bytes: Double) -> String { String(format: "%.1f GiB", bytes / 0x1p30) }
        return
            "optimizer.name bfgs keeps a matrix with a row for each of the \(weights) weights, \(gibibytes(needed)); \(available.source) has \(gibibytes(Double(available.bytes))): use lbfgs"
    }
}
