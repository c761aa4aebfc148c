extension Communicator {
    /// Carries out those transfers in which this rank is its own peer, and returns the others.
    ///
    /// *Local.* Both ends of a message to oneself stand in the same exchange: throws `CommunicationError.noCounterpart` where
    /// one is missing. A difference in length is returned, to be thrown when the others are complete.
    package func exchangeWithSelf(
        _ transfers: [Transfer]
    ) throws -> (others: [Transfer], mismatch: CommunicationError?) {
        guard transfers.contains(where: { $0.peer == rank }) else { return (transfers, nil) }
        var sent: [Int: [UnsafeRawBufferPointer]] = [:]
        for case .send(let bytes, rank, let tag) in transfers {
            sent[tag, default: []].append(bytes)
        }
        var mismatch: CommunicationError?
        for case .receive(let buffer, rank, let tag) in transfers {
            guard sent[tag]?.isEmpty == false, let bytes = sent[tag]?.removeFirst() else {
                throw CommunicationError.noCounterpart(peer: rank, tag: tag)
            }
            if bytes.count == buffer.count {
                buffer.copyMemory(from: bytes)
            } else if mismatch == nil {
                mismatch = .lengthMismatch(source: rank, tag: tag, sent: bytes.count, expected: buffer.count)
            }
        }
        if let left = sent.first(where: { !$0.value.isEmpty }) {
            throw CommunicationError.noCounterpart(peer: rank, tag: left.key)
        }
        return (transfers.filter { $0.peer != rank }, mismatch)
    }
}
