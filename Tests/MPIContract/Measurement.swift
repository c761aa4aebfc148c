import Communication
import CommunicatorContract
import Glibc

/// Prints how long swaps between ranks 0 and 1 take, in microseconds and GB/s each way.
func measure(_ communicator: any Communicator) throws {
    guard communicator.size == 2 else { throw ContractViolation(description: "measure needs 2 ranks") }
    for isUrgent in [true, false] {
        for count in [0, 4 << 10, 64 << 10, 1 << 20, 16 << 20] {
            let repetitions = isUrgent && count <= 1 << 20 ? 2000 : 50
            let seconds = try swapTime(communicator, count, Pacing(isUrgent: isUrgent), repetitions)
            if communicator.rank == 0 {
                let micros = (seconds * 1e7).rounded() / 10
                let rate = (Double(count) / seconds / 1e7).rounded() / 100
                print("swap of \(count) bytes, \(isUrgent ? "urgent" : "resting"): \(micros) µs, \(rate) GB/s each way")
            }
        }
    }
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<1000 { try communicator.agree {} }
    if communicator.rank == 0 { print("agree: \((clock.now - start) / 1000)") }
}

private func swapTime(
    _ communicator: any Communicator, _ count: Int, _ pacing: Pacing, _ repetitions: Int
) throws -> Double {
    let peer = 1 - communicator.rank
    let sent = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    let received = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    defer {
        sent.deallocate()
        received.deallocate()
    }
    sent.initializeMemory(as: UInt8.self, repeating: 1)
    received.initializeMemory(as: UInt8.self, repeating: 2)
    let transfers: [Transfer] = [
        .receive(received, from: peer, tag: 0), .send(UnsafeRawBufferPointer(sent), to: peer, tag: 0),
    ]
    for _ in 0..<10 { try communicator.exchange(transfers, pacing: pacing) }
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<repetitions { try communicator.exchange(transfers, pacing: pacing) }
    return (clock.now - start) / Duration.seconds(1) / Double(repetitions)
}
