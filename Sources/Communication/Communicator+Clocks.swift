/// How far a rank's clock is from that of rank 0.
public struct ClockOffset: Sendable, Equatable {
    /// What added to a time of this rank's clock gives the time of rank 0's, in nanoseconds.
    public var nanoseconds: Int64
    /// The offset is not further from the truth than this, in nanoseconds.
    public var error: UInt64
    /// When it was found, by this rank's clock.
    public var time: UInt64

    /// An offset.
    public init(nanoseconds: Int64, error: UInt64, time: UInt64) {
        (self.nanoseconds, self.error, self.time) = (nanoseconds, error, time)
    }
}

extension Communicator {
    /// Finds out how far this rank's clock is from that of rank 0, which is 0 on rank 0 itself.
    ///
    /// *Collective: every rank, in the same order.* Each rank in turn asks rank 0 for the time, `rounds` times: the answer of
    /// the shortest round trip was given half of that trip ago, give or take the other half. Source: Cristian,
    /// "Probabilistic clock synchronization", Distributed Computing 3, 1989.
    /// - Parameter now: reads this rank's clock, in nanoseconds.
    public func clockOffset(rounds: Int = 20, now: () -> UInt64) throws -> ClockOffset {
        var best = ClockOffset(nanoseconds: 0, error: rank == 0 ? 0 : .max, time: now())
        for peer in 1..<max(1, size) {
            for _ in 0..<rounds {
                if rank == 0 {
                    try exchange([.receive(UnsafeMutableRawBufferPointer(start: nil, count: 0), from: peer, tag: 0)])
                    var time = now()
                    try withUnsafeBytes(of: &time) { try exchange([.send($0, to: peer, tag: 0)]) }
                } else if rank == peer {
                    let asked = now()
                    try exchange([.send(UnsafeRawBufferPointer(start: nil, count: 0), to: 0, tag: 0)])
                    var time: UInt64 = 0
                    try withUnsafeMutableBytes(of: &time) { try exchange([.receive($0, from: 0, tag: 0)]) }
                    let answered = now()
                    let half = (answered - asked) / 2
                    if half < best.error {
                        let middle = asked + half
                        best = ClockOffset(
                            nanoseconds: Int64(bitPattern: time &- middle), error: half + 1, time: middle)
                    }
                }
            }
        }
        return best
    }
}
