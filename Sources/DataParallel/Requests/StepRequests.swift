package import Communication

/// What a rank asks of all ranks in a step: to stop after it, or to save a checkpoint.
package struct StepRequests: OptionSet, Sendable, Equatable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// To save a checkpoint.
    package static let checkpoint = StepRequests(rawValue: 1)

    /// To stop, because of a signal.
    package static func stop(_ signal: ProcessSignal) -> StepRequests {
        let index = ProcessSignal.allCases.firstIndex(of: signal) ?? 0
        return StepRequests(rawValue: 2 << UInt8(index))
    }

    /// The signal for which to stop: of several the first of `ProcessSignal.allCases`.
    package var signal: ProcessSignal? { ProcessSignal.allCases.first { contains(.stop($0)) } }

    /// On the way: an element for each request, which is 1 where it is made; sums over ranks hold how many make it.
    static let elementCount = 1 + ProcessSignal.allCases.count
    var elements: [Float] { (0..<Self.elementCount).map { rawValue & 1 << UInt8($0) != 0 ? 1 : 0 } }

    /// The requests that at least one rank makes, by the sums of `elements`.
    init(at sums: UnsafePointer<Float>) {
        rawValue = (0..<Self.elementCount).reduce(0) { $0 | (sums[$1] > 0 ? 1 << UInt8($1) : 0) }
    }
}
