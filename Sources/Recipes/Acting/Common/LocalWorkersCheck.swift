import Settings
import Training

extension Settings {
    /// Whether all ranks make each step together, with one first-order optimizer.
    var localWorkersAreOff: Bool { local.steps == 0 }
}

/// Local SGD was asked for where agents act.
struct LocalWorkersAct: Error, CustomStringConvertible {
    let recipe: String
    var description: String {
        "local.steps is above 0, and in \(recipe) all ranks make each step together; set local.steps to 0"
    }
}
