import Communication
import CommunicatorContract
import Testing

@Suite("Every communicator keeps the contract", .timeLimit(.minutes(1)))
struct ContractTests {
    @Test("One rank by itself", arguments: (Contract.checks + Contract.largeChecks).map(\.name))
    func solo(_ name: String) throws {
        try check(name)(SoloCommunicator())
    }

    @Test("One rank that is a thread", arguments: (Contract.checks + Contract.largeChecks).map(\.name))
    func oneThread(_ name: String) throws {
        _ = try InProcessCommunicator.run(ranks: 1, check(name))
    }

    @Test("Two ranks that are threads", arguments: (Contract.checks + Contract.largeChecks).map(\.name))
    func twoThreads(_ name: String) throws {
        _ = try InProcessCommunicator.run(ranks: 2, check(name))
    }

    @Test("Three ranks that are threads", arguments: (Contract.checks + Contract.largeChecks).map(\.name))
    func threeThreads(_ name: String) throws {
        _ = try InProcessCommunicator.run(ranks: 3, check(name))
    }

    @Test("Four ranks that are threads", arguments: (Contract.checks + Contract.largeChecks).map(\.name))
    func fourThreads(_ name: String) throws {
        _ = try InProcessCommunicator.run(ranks: 4, check(name))
    }

    private func check(_ name: String) throws -> @Sendable (any Communicator) throws -> Void {
        try #require((Contract.checks + Contract.largeChecks).first { $0.name == name }).run
    }
}

@Suite("The contract tells a bad communicator from a good one", .timeLimit(.minutes(1)))
struct ContractSensitivityTests {
    @Test("A communicator that gathers its own bytes only is found out")
    func gathersOwnBytesOnly() {
        #expect(isFoundOut(.gathersOwnBytesOnly))
    }

    @Test("A communicator that broadcasts nothing is found out")
    func broadcastsNothing() {
        #expect(isFoundOut(.broadcastsNothing))
    }

    @Test("A communicator whose barrier holds nobody is found out")
    func barrierHoldsNobody() {
        #expect(isFoundOut(.barrierHoldsNobody))
    }

    @Test("A communicator that swaps the first two messages is found out")
    func swapsMessages() {
        #expect(isFoundOut(.swapsMessages))
    }

    @Test("A communicator that ignores the key of a split is found out")
    func ignoresKey() {
        #expect(isFoundOut(.ignoresKey))
    }

    private func isFoundOut(_ fault: Faulty.Fault) -> Bool {
        Contract.checks.contains { check in
            do {
                _ = try InProcessCommunicator.run(ranks: 2) { try check.run(Faulty($0, fault)) }
                return false
            } catch {
                return true
            }
        }
    }
}
