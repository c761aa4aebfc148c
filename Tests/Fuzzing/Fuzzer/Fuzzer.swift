import Foundation
import FuzzTargets

// What libFuzzer calls, and the call of it: SwiftPM names the main function of an executable itself.
// LOCKSTEP_FUZZ_TARGET names the reader, LOCKSTEP_FUZZ_CORPUS the folder into which its valid input is written first.

private nonisolated(unsafe) let folder = orEnd("no folder for the inputs") { try FuzzFolder() }
private let target = orEnd("LOCKSTEP_FUZZ_TARGET names no reader") {
    FuzzTarget(rawValue: ProcessInfo.processInfo.environment["LOCKSTEP_FUZZ_TARGET"] ?? "")
}

/// What `make` returns; without it there is nothing to fuzz.
private func orEnd<Value>(_ problem: String, _ make: () throws -> Value?) -> Value {
    if let value = try? make() { return value }
    FileHandle.standardError.write(Data("fuzzing: \(problem)\n".utf8))
    exit(1)
}

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

/// Writes the valid inputs where they are asked for, and calls libFuzzer.
@_cdecl("Fuzzer_main")
public func fuzz(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    if let corpus = ProcessInfo.processInfo.environment["LOCKSTEP_FUZZ_CORPUS"] {
        for (number, seed) in orEnd("no valid inputs", { try Seeds.of(target, in: folder) }).enumerated() {
            orEnd("cannot write to \(corpus)") { try Data(seed).write(to: URL(filePath: "\(corpus)/seed-\(number)")) }
        }
    }
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments) { testOneInput($0, $1) }
}
