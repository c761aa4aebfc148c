import Foundation
import FuzzTargets

// What libFuzzer calls, and the call of it: SwiftPM names the main function of an executable itself.
// LOCKSTEP_FUZZ_TARGET names the reader, LOCKSTEP_FUZZ_CORPUS the folder into which its valid input is written first.

private nonisolated(unsafe) let folder = try! FuzzFolder()
private let target = FuzzTarget(rawValue: ProcessInfo.processInfo.environment["LOCKSTEP_FUZZ_TARGET"] ?? "")!

private typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>, _ callback: Callback
) -> CInt

/// Lets the reader read one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(Array(UnsafeBufferPointer(start: start, count: count)), in: folder)
    return 0
}

@_cdecl("Fuzzer_main")
public func fuzz(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    if let corpus = ProcessInfo.processInfo.environment["LOCKSTEP_FUZZ_CORPUS"] {
        for (number, seed) in try! Seeds.of(target, in: folder).enumerated() {
            try! Data(seed).write(to: URL(filePath: "\(corpus)/seed-\(number)"))
        }
    }
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments) { testOneInput($0, $1) }
}
