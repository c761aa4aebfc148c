import Communication
import Testing

@Suite("Ranks that are threads", .timeLimit(.minutes(1)))
struct InProcessTests {
    private struct Trouble: Error, CustomStringConvertible {
        let description: String
    }

    /// What `run` throws; `nil` if it does not.
    private func failure(
        ranks: Int, _ body: @Sendable @escaping (any Communicator) throws -> Void
    ) throws -> RankFailure? {
        do {
            _ = try InProcessCommunicator.run(ranks: ranks, body)
            return nil
        } catch let failure as RankFailure {
            return failure
        }
    }

    @Test("Results come in the order of the ranks")
    func results() throws {
        let results = try InProcessCommunicator.run(ranks: 4) { $0.rank * 10 }
        #expect(results == [0, 10, 20, 30])
    }

    @Test("A rank that throws releases the others from a collective", arguments: 0..<3)
    func releaseFromCollective(bad: Int) throws {
        let failure = try failure(ranks: 3) { communicator in
            if communicator.rank == bad { throw Trouble(description: "out of \(bad)") }
            try communicator.barrier()
        }
        #expect(failure == RankFailure(rank: bad, message: "out of \(bad)", failedRanks: 1, size: 3))
        #expect("\(failure, default: "")" == "rank \(bad): out of \(bad)")
    }

    @Test("A rank that throws releases those who wait for others, too")
    func releaseFromOthers() throws {
        let failure = try failure(ranks: 3) { communicator in
            if communicator.rank == 2 { throw Trouble(description: "late") }
            // Ranks 0 and 1 wait for each other's message of the wrong tag.
            var byte: UInt8 = 0
            try withUnsafeMutableBytes(of: &byte) { buffer in
                try communicator.exchange(
                    [.receive(buffer, from: 1 - communicator.rank, tag: communicator.rank)])
            }
        }
        #expect(failure?.rank == 2)
    }

    @Test("A released rank is told which rank failed")
    func peerFailed() throws {
        let failure = try failure(ranks: 2) { communicator in
            if communicator.rank == 1 { throw Trouble(description: "first") }
            do {
                while true { try communicator.barrier() }
            } catch {
                #expect(error as? CommunicationError == .peerFailed(rank: 1))
                throw Trouble(description: "second")
            }
        }
        #expect(failure?.message == "first")
    }

    @Test("A failure reaches ranks that wait within a group")
    func releaseFromGroup() throws {
        let failure = try failure(ranks: 3) { communicator in
            let group = try communicator.split(color: communicator.rank == 0 ? 0 : 1, key: 0)
            if communicator.rank == 0 { throw Trouble(description: "outside") }
            while true { try group?.barrier() }
        }
        #expect(failure?.message == "outside")
    }

    @Test("An agreed failure is thrown as it is")
    func agreedFailure() throws {
        let failure = try failure(ranks: 3) { communicator in
            try communicator.agree("starting") {
                if communicator.rank > 0 { throw Trouble(description: "no \(communicator.rank)") }
            }
        }
        #expect("\(failure, default: "")" == "rank 1: starting: no 1 (and 1 other rank)")
    }

    @Test("Waiting for a rank that has ended is an error")
    func endedPeer() throws {
        let failure = try failure(ranks: 2) { communicator in
            guard communicator.rank == 0 else { return }
            try [1, 2, 3].withUnsafeBytes { try communicator.exchange([.send($0, to: 1, tag: 9)]) }
        }
        #expect(failure?.rank == 0)
        #expect(failure?.message == "\(CommunicationError.noCounterpart(peer: 1, tag: 9))")
    }

    @Test("A thousand rounds of swaps among four ranks lose nothing")
    func manyRounds() throws {
        let sums = try InProcessCommunicator.run(ranks: 4) { communicator in
            var total = 0
            for round in 0..<1000 {
                let peer = communicator.rank ^ (1 + round % 3)
                var sent = communicator.rank * 1000 + round
                var received = -1
                try withUnsafeMutableBytes(of: &received) { buffer in
                    try withUnsafeBytes(of: &sent) { bytes in
                        try communicator.exchange([
                            .send(bytes, to: peer, tag: 1), .receive(buffer, from: peer, tag: 1),
                        ])
                    }
                }
                total += received
            }
            return total
        }
        // Each rank receives (peer · 1000 + round) from each of its three peers in turn.
        let expected = (0..<4).map { rank in
            (0..<1000).map { (rank ^ (1 + $0 % 3)) * 1000 + $0 }.reduce(0, +)
        }
        #expect(sums == expected)
    }
}
