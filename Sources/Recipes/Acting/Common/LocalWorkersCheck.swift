import Communication
public import Training

extension RunSetup {
    /// Throws where ranks would make steps of their own (local SGD). *Collective.*
    public func refuseLocalWorkers() throws {
        try context.communicator.agree {
            guard settings.local.steps == 0 else { throw LocalWorkersAct(recipe: settings.recipe) }
        }
    }
}

/// Local SGD was asked for where agents act.
struct LocalWorkersAct: Error, CustomStringConvertible {
    let recipe: String
    var description: String {
        "local.steps is above 0, and in \(recipe) all ranks make each step together; set local.steps to 0"
    }
}
