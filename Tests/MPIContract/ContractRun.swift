import Communication
import CommunicatorContract
import Glibc
import MPICommunication

/// Runs all checks over the communicator given, and again with messages cut into pieces; rank 0 prints their number.
func runContract(_ communicator: any Communicator, _ context: LaunchContext) throws {
    var count = 0
    func run(_ checks: [Contract.Check], over communicator: any Communicator) throws {
        for check in checks {
            do {
                try check.run(communicator)
            } catch {
                throw ContractViolation(check: check.name, error: error)
            }
            count += 1
        }
    }
    try run(Contract.checks + Contract.largeChecks, over: communicator)
    if let mpi = communicator as? MPICommunicator {
        try run(Contract.checks, over: mpi.cuttingMessages(at: 1000))
    }
    try communicator.barrier()
    if communicator.rank == 0 {
        print("contract: \(count) checks passed on \(communicator.size) ranks")
    }
}

extension ContractViolation {
    init(check: String, error: any Error) { self.init(description: "\"\(check)\": \(error)") }
}

/// Sends 2³¹ + 5 bytes around the ring: more than MPI can count.
func exchangeTwoGigabytes(_ communicator: any Communicator) throws {
    let count = 1 << 31 + 5
    let next = (communicator.rank + 1) % communicator.size
    let previous = (communicator.rank + communicator.size - 1) % communicator.size
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    let received = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: UInt8(communicator.rank + 1))
    bytes[count - 1] = 77
    bytes[1 << 30] = 78
    try communicator.exchange([
        .receive(received, from: previous, tag: 0), .send(UnsafeRawBufferPointer(bytes), to: next, tag: 0),
    ])
    guard received[0] == previous + 1, received[1 << 30] == 78, received[1 << 31] == previous + 1,
        received[count - 1] == 77
    else { throw ContractViolation(description: "the bytes differ") }
    print("rank \(communicator.rank): \(count) bytes arrived")
}
