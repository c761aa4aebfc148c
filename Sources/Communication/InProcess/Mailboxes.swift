/// Transfers that wait for their counterpart.
///
/// A message is copied once, from the sender's buffer to the receiver's, by whoever comes second.
struct Mailboxes {
    /// What the two ends of a message have in common. Ranks are numbered as in `InProcessCommunicator.run`.
    struct Address: Hashable {
        let context, source, destination, tag: Int
    }

    /// The progress of one call of `exchange`.
    final class Ticket {
        var unfinished: Int
        var copying = 0
        var error: CommunicationError?

        init(unfinished: Int) { self.unfinished = unfinished }
    }

    /// One end of a message. The buffer is its rank's, which stays in `exchange` as long as the post can be found here or
    /// its ticket counts a copy.
    struct Post {
        let base: UnsafeMutableRawPointer?
        let count: Int
        let ticket: Ticket
    }

    /// Two posts that have met, and whose bytes are to be copied.
    struct Match {
        let sent, received: Post

        func copy() {
            if let from = sent.base, let to = received.base { to.copyMemory(from: from, byteCount: sent.count) }
        }
    }

    // At an address, only sends or only receives are waiting.
    private var sends: [Address: [Post]] = [:]
    private var receives: [Address: [Post]] = [:]

    /// Posts a send; returns the match if its receive was waiting and the lengths are equal.
    mutating func send(_ post: Post, at address: Address) -> Match? {
        guard let other = Self.takeFirst(&receives, address) else {
            sends[address, default: []].append(post)
            return nil
        }
        return meet(sent: post, received: other, address)
    }

    /// Posts a receive; returns the match if its send was waiting and the lengths are equal.
    mutating func receive(_ post: Post, at address: Address) -> Match? {
        guard let other = Self.takeFirst(&sends, address) else {
            receives[address, default: []].append(post)
            return nil
        }
        return meet(sent: other, received: post, address)
    }

    /// Whether a post of the ticket still waits at the address.
    func isWaiting(_ ticket: Ticket, at address: Address) -> Bool {
        [sends[address], receives[address]].contains { posts in posts?.contains { $0.ticket === ticket } ?? false }
    }

    /// Forgets the posts of a ticket.
    mutating func withdraw(_ ticket: Ticket, at addresses: [Address]) {
        for address in addresses {
            sends[address]?.removeAll { $0.ticket === ticket }
            receives[address]?.removeAll { $0.ticket === ticket }
        }
    }

    private func meet(sent: Post, received: Post, _ address: Address) -> Match? {
        guard sent.count == received.count else {
            sent.ticket.unfinished -= 1
            received.ticket.unfinished -= 1
            received.ticket.error =
                received.ticket.error
                ?? .lengthMismatch(
                    source: address.source, tag: address.tag, sent: sent.count, expected: received.count)
            return nil
        }
        sent.ticket.copying += 1
        received.ticket.copying += 1
        return Match(sent: sent, received: received)
    }

    private static func takeFirst(_ posts: inout [Address: [Post]], _ address: Address) -> Post? {
        guard var waiting = posts.removeValue(forKey: address), !waiting.isEmpty else { return nil }
        let first = waiting.removeFirst()
        if !waiting.isEmpty { posts[address] = waiting }
        return first
    }
}

extension Mailboxes.Match {
    /// Notes on both tickets that the bytes have been copied.
    func finish() {
        for post in [sent, received] {
            post.ticket.copying -= 1
            post.ticket.unfinished -= 1
        }
    }
}
