/// A group of ranks that can exchange bytes with each other.
///
/// Implementations: `SoloCommunicator` (one rank), `InProcessCommunicator` (ranks are threads), and the one over MPI in
/// the module `MPICommunication`. Every implementation passes the checks of the test module `CommunicatorContract`.
///
/// One thread at a time calls a rank's communicators; which thread it is may change between calls. Collective calls are
/// made by every rank, in the same order. Ranks and tags outside their ranges are a programmer's mistake and stop the
/// process; what the network or a peer does is thrown.
public protocol Communicator: Sendable {
    /// This process's number in the group, in `0..<size`.
    var rank: Int { get }

    /// The number of ranks in the group, at least 1.
    var size: Int { get }

    /// Starts all transfers together and returns when all are complete.
    ///
    /// *Not collective*: each send is matched by the receive of the same tag on its peer; messages with the same peers and tag
    /// arrive in the order in which they were sent. A send may complete before its receive is called for, or not, so
    /// ranks that send to each other put the send and the receive into one exchange; so does a rank that sends to itself.
    ///
    /// Buffers may have any length, including 0 and beyond 2³¹ bytes, and stay the caller's; until the call returns they
    /// must neither overlap a receive's buffer nor change. Both sides give equal lengths: otherwise the receiver throws
    /// `CommunicationError.lengthMismatch` once its other transfers are complete, and its buffer's contents are undefined.
    func exchange(_ transfers: [Transfer], pacing: Pacing) throws

    /// Copies the root's bytes into the buffers of all other ranks.
    ///
    /// *Collective: every rank, in the same order*, with the same root and the same length.
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws

    /// The bytes of every rank, by rank; lengths may differ.
    ///
    /// *Collective: every rank, in the same order.*
    func allGather(_ bytes: [UInt8]) throws -> [[UInt8]]

    /// Returns when every rank has called it.
    ///
    /// *Collective: every rank, in the same order.*
    func barrier() throws

    /// The group of those ranks that gave the same color, ordered by key, then by rank in this group; `nil` where the
    /// color is `nil`.
    ///
    /// *Collective: every rank, in the same order.* Colors are in `0...Int32.max`, keys in the range of `Int32`.
    func split(color: Int?, key: Int) throws -> (any Communicator)?

    /// Throws when a peer is known to be gone; for those who wait for it by other means than a call of this protocol.
    ///
    /// *Local.* Where a launcher ends all processes when one dies, nothing is ever known, and nothing is thrown.
    func throwIfPeerFailed() throws
}

extension Communicator {
    /// Knows of no failure.
    public func throwIfPeerFailed() throws {}
}

extension Communicator {
    /// `exchange` for a thread that has nothing else to wait for: it polls without sleeping.
    public func exchange(_ transfers: [Transfer]) throws {
        try exchange(transfers, pacing: Pacing(isUrgent: true))
    }
}
