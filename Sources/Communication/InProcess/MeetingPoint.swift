/// Where the ranks of one `InProcessCommunicator.run` meet: all groups, one lock.
final class MeetingPoint: Sendable {
    /// The first failure of a rank.
    struct Failure {
        let rank: Int
        let error: any Error
    }

    /// A group made by a split: the parent's context, the how-manieth split of the parent it was, and the color.
    struct GroupKey: Hashable {
        let parent, split, color: Int
    }

    private struct State {
        var mailboxes = Mailboxes()
        var failure: Failure?
        var ended: Set<Int> = []
        var contexts: [GroupKey: Int] = [:]
    }

    private let state = Monitor(State())

    /// What went wrong first, if anything did.
    var failure: Failure? { state.update { $0.failure } }

    /// Releases all who wait, and all who will, with an error naming the rank; only the first call counts.
    func fail(rank: Int, _ error: any Error) {
        state.update { state in
            if state.failure == nil { state.failure = Failure(rank: rank, error: error) }
        }
    }

    /// Notes that the rank communicates no more, so nobody need wait for it.
    func end(rank: Int) {
        state.update { _ = $0.ended.insert(rank) }
    }

    /// The number by which messages of a group are kept apart from those of other groups: even, and not 0.
    func context(_ key: GroupKey) -> Int {
        state.update { state in
            if let context = state.contexts[key] { return context }
            let context = 2 * (state.contexts.count + 1)
            state.contexts[key] = context
            return context
        }
    }

    /// Carries out the transfers, whose addresses are given in the same order.
    func exchange(_ transfers: [Transfer], at addresses: [Mailboxes.Address]) throws {
        let ticket = Mailboxes.Ticket(unfinished: transfers.count)
        let matches = try state.update { state in
            if let failure = state.failure { throw CommunicationError.peerFailed(rank: failure.rank) }
            return zip(transfers, addresses).compactMap { transfer, address in
                switch transfer {
                case .send(let bytes, _, _):
                    // Only ever read through this pointer.
                    state.mailboxes.send(
                        .init(base: .init(mutating: bytes.baseAddress), count: bytes.count, ticket: ticket),
                        at: address)
                case .receive(let bytes, _, _):
                    state.mailboxes.receive(
                        .init(base: bytes.baseAddress, count: bytes.count, ticket: ticket), at: address)
                }
            }
        }
        matches.forEach { $0.copy() }
        if !matches.isEmpty { state.update { _ in matches.forEach { $0.finish() } } }
        if let error = state.wait(for: { outcome(&$0, ticket, transfers, addresses) }) { throw error }
    }

    /// How the exchange ended (`.some(nil)`: well), or `nil` while it goes on.
    private func outcome(
        _ state: inout State, _ ticket: Mailboxes.Ticket, _ transfers: [Transfer], _ addresses: [Mailboxes.Address]
    ) -> CommunicationError?? {
        if ticket.unfinished == 0 { return .some(ticket.error) }
        // While someone copies, the buffers must stay.
        if ticket.copying > 0 { return nil }
        var error = state.failure.map { CommunicationError.peerFailed(rank: $0.rank) }
        if error == nil, !state.ended.isEmpty {
            let lost = zip(transfers, addresses).first { transfer, address in
                let peer = if case .send = transfer { address.destination } else { address.source }
                return state.ended.contains(peer) && state.mailboxes.isWaiting(ticket, at: address)
            }
            error = lost.map { .noCounterpart(peer: $0.0.peer, tag: $0.0.tag) }
        }
        guard let error else { return nil }
        state.mailboxes.withdraw(ticket, at: addresses)
        return .some(error)
    }
}
