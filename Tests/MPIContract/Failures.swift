import Communication
import CommunicatorContract
import Glibc

/// Makes one rank fail in the way named, while the others wait for it; returns the exit code where it gets there.
func fail(_ mode: String, on bad: Int, _ communicator: any Communicator) throws -> Int32 {
    let isBad = communicator.rank == bad
    switch mode {
    case "throw-on":
        if isBad { throw ContractViolation(description: "told to fail") }
    case "agree-fail":
        try communicator.agree("following orders") {
            if isBad { throw ContractViolation(description: "told to fail") }
        }
    case "agree-all-fail":
        try communicator.agree("following orders") { throw ContractViolation(description: "told to fail") }
    case "group-fail":
        // Only a part of the ranks agrees on this failure; the others must be told by MPI_Abort.
        let group = try communicator.split(color: communicator.rank == bad ? 1 : 0, key: 0)
        if isBad { try group?.agree("in a group") { throw ContractViolation(description: "told to fail") } }
    case "kill":
        if isBad { kill(getpid(), SIGKILL) }
    case "trap":
        precondition(!isBad, "told to trap")
    case "exit-without-finalize":
        if isBad { _exit(7) }
    case "exit-code":
        return 3
    case "barrier":
        try communicator.barrier()
        return 0
    case "print-and-wait":
        print("rank \(communicator.rank): one line")
        sleep(2)
        return 0
    default:
        throw ContractViolation(description: "unknown mode \(mode)")
    }
    var received: [UInt8] = [0]
    // A rank that waits for what will never come, as in the midst of a training step.
    try received.withUnsafeMutableBytes { buffer in
        try communicator.exchange(
            [.receive(buffer, from: bad, tag: 0)], pacing: Pacing(isUrgent: communicator.rank % 2 == 0))
    }
    return 0
}
