/// A fault that a run is to have, to see what becomes of it: `rank=1,step=50,kind=kill`.
public struct InjectedFault: Sendable, Equatable {
    /// What goes wrong.
    public enum Kind: String, Sendable, CaseIterable {
        /// The process is killed (SIGKILL).
        case kill
        /// The process crashes (SIGSEGV).
        case segv
        /// The rank throws an error.
        case `throw`
        /// The rank computes for ever.
        case hang
        /// The process is stopped (SIGSTOP).
        case stop
        /// Each step from this one on begins `seconds` later.
        case slow
        /// The losses of the rank's shards are not numbers in this step.
        case nan
        /// One bit of the first weight is flipped.
        case bitflip
        /// No file can grow beyond 1 KiB, as on a full disk.
        case diskFull = "disk-full"
        /// The process is killed, and its launcher on this host with it: the host seems to be gone.
        case hostDown = "host-down"
    }

    /// The rank that has it.
    public var rank: Int
    /// The step before which it occurs, from 1.
    public var step: Int
    /// What goes wrong.
    public var kind: Kind
    /// Of `slow`: how much later each step begins.
    public var seconds = 0.1

    /// Of `disk-full`: the number of steps after which there is space again; nil: never.
    public var steps: Int?

    /// Reads a text such as `rank=1,step=50,kind=kill`.
    public init(_ text: String) throws(BadFault) {
        var values: [String: String] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, ["rank", "step", "kind", "seconds", "steps"].contains(sides[0]),
                values.updateValue(sides[1], forKey: sides[0]) == nil
            else { throw BadFault(text: text, problem: "\"\(part)\"") }
        }
        func whole(_ key: String, atLeast minimum: Int) throws(BadFault) -> Int? {
            guard let value = values[key] else { return nil }
            guard let number = Int(value), number >= minimum else {
                throw BadFault(text: text, problem: "\(key) \"\(value)\"")
            }
            return number
        }
        guard let name = values["kind"], let kind = Kind(rawValue: name) else {
            throw BadFault(text: text, problem: values["kind"].map { "kind \"\($0)\"" } ?? "no kind")
        }
        guard let rank = try whole("rank", atLeast: 0) else { throw BadFault(text: text, problem: "no rank") }
        guard let step = try whole("step", atLeast: 1) else { throw BadFault(text: text, problem: "no step") }
        (self.rank, self.step, self.kind) = (rank, step, kind)
        steps = try whole("steps", atLeast: 1)
        if let value = values["seconds"] {
            guard let seconds = Double(value), seconds > 0, seconds.isFinite else {
                throw BadFault(text: text, problem: "seconds \"\(value)\"")
            }
            self.seconds = seconds
        }
        guard values["seconds"] == nil || kind == .slow, values["steps"] == nil || kind == .diskFull else {
            throw BadFault(text: text, problem: "seconds without kind=slow, or steps without kind=disk-full")
        }
    }
}

/// A text that names no fault.
public struct BadFault: Error, CustomStringConvertible {
    let text, problem: String
    /// What was found, and what was expected.
    public var description: String {
        "--inject \"\(text)\" has \(problem); expected rank=R,step=N,kind=K with K of \(InjectedFault.Kind.allCases.map(\.rawValue).joined(separator: ", ")); slow may have seconds=S, disk-full steps=N"
    }
}
