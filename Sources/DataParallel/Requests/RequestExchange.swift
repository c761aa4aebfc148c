package import Communication

/// The requests of this rank, and those of all ranks: they travel with the sums of the loss, without a message of their own.
package final class RequestExchange {
    /// What this rank asks for now.
    private let own: () -> StepRequests
    /// What some rank has asked for since the last `settle`; nil where the ranks have exchanged no requests.
    private var agreed: StepRequests?
    /// Whether the ranks will exchange requests in a later step.
    private var isPostponed = false

    /// - Parameter own: what this rank asks for, whenever it is asked.
    package init(own: @escaping () -> StepRequests = { [] }) { self.own = own }

    /// What this rank asks for now. *Local.*
    package var outgoing: StepRequests { own() }

    /// Takes what the ranks have asked for, the same on every rank. *Local.*
    package func note(_ requests: StepRequests) { agreed = (agreed ?? []).union(requests) }

    /// Says that this step exchanges no requests, and a later one will. *Local*, on every rank.
    package func postpone() { isPostponed = true }

    /// What some rank has asked for since the last call, the same on every rank. *Collective.*
    ///
    /// Sends a message only where no step has exchanged requests since then, and none has postponed that.
    package func settle(over communicator: any Communicator) throws -> StepRequests {
        defer { (agreed, isPostponed) = (nil, false) }
        if let agreed { return agreed }
        return isPostponed ? [] : try agree(over: communicator)
    }

    /// What some rank asks for now, the same on every rank. *Collective.*
    package func agree(over communicator: any Communicator) throws -> StepRequests {
        try communicator.allGather(UInt64(outgoing.rawValue)).reduce([]) {
            $0.union(StepRequests(rawValue: UInt8(truncatingIfNeeded: $1)))
        }
    }
}
