import Foundation
import FuzzTargets

// The two functions that libFuzzer calls; it has the main function. LOCKSTEP_FUZZ_TARGET names the reader.

private nonisolated(unsafe) let folder = try! FuzzFolder()
private let target = FuzzTarget(rawValue: ProcessInfo.processInfo.environment["LOCKSTEP_FUZZ_TARGET"] ?? "")!

/// Writes the valid input into the folder LOCKSTEP_FUZZ_CORPUS, from which libFuzzer begins.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutableRawPointer) -> CInt {
    guard let corpus = ProcessInfo.processInfo.environment["LOCKSTEP_FUZZ_CORPUS"] else { return 0 }
    for (number, seed) in try! Seeds.of(target, in: folder).enumerated() {
        try! Data(seed).write(to: URL(filePath: "\(corpus)/seed-\(number)"))
    }
    return 0
}

/// Lets the reader read one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(Array(UnsafeBufferPointer(start: start, count: count)), in: folder)
    return 0
}
