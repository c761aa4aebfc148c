import ArgumentParser
import Benchmarks
import Foundation
import Training

/// The option `--json` of benchmarks.
struct JSONOutput<Program: LockstepProgram>: ParsableArguments {
    @Option(
        name: .customLong("json"), defaultAsFlag: "-", parsing: .next,
        help: ArgumentHelp(
            "Write the measurements to this file as one JSON object; without a file or with - to stdout, instead of the table.",
            valueName: "file"))
    var file: String?

    /// Whether stdout gets the JSON object instead of the table.
    var replacesTable: Bool { file == "-" }

    func validate() throws {
        guard let file else { return }
        guard !file.isEmpty else { throw ValidationError("--json needs the name of a file, found an empty one") }
        guard !Program.recipes.contains(where: { $0.name == file }) else {
            throw ValidationError(
                "--json takes a file, and \"\(file)\" is a recipe: give the recipe first, or --json - for stdout"
            )
        }
    }

    /// Throws if the file cannot be written, before anything is measured. *Local.*
    func check() throws {
        guard let file, !replacesTable else { return }
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory) {
            if isDirectory.boolValue { throw UnwritableFile(path: file, reason: "it is a directory") }
            if !FileManager.default.isWritableFile(atPath: file) {
                throw UnwritableFile(path: file, reason: "it is not writable")
            }
            return
        }
        let folder = URL(filePath: file).deletingLastPathComponent().path
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw UnwritableFile(path: file, reason: "its directory does not exist or is not writable")
        }
    }

    /// Writes `text` to the file or to stdout, if the option was given. *Local.*
    func write(_ text: @autoclosure () throws -> String) throws {
        guard let file else { return }
        if replacesTable { return print(try text()) }
        let text = try text() + "\n"
        do {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        } catch {
            throw UnwritableFile(path: file, reason: "is the disk full?")
        }
    }
}

/// The options `--json` and `--plot` of benchmarks.
struct BenchmarkOutput<Program: LockstepProgram>: ParsableArguments {
    @OptionGroup
    var json: JSONOutput<Program>

    @Option(
        help: ArgumentHelp(
            "Also plot the measurements to a file that ends in .svg or .png; needs gnuplot.", valueName: "file"))
    var plot: String?

    func validate() throws {
        guard let plot else { return }
        do { try Plot.check(plot) } catch { throw ValidationError("\(error)") }
    }

    /// Writes the files that the options name.
    func write(json text: @autoclosure () throws -> String, plot picture: @autoclosure () -> Plot) throws {
        try json.write(try text())
        if let plot { try picture().write(to: plot) }
    }
}

/// The file of `--json` cannot be written.
struct UnwritableFile: Error, CustomStringConvertible {
    let path, reason: String
    var description: String { "cannot write \(path): \(reason); name another file with --json" }
}

/// Bounds of the numeric options of benchmarks.
enum BenchmarkBounds {
    /// The largest number of steps: all measurements are kept in memory.
    static let steps = 1_000_000

    /// Throws unless `number` is within `least` and `most`.
    static func check(_ number: Int?, _ option: String, from least: Int = 1, to most: Int) throws {
        guard let number, !(least...most).contains(number) else { return }
        throw ValidationError("\(option) must be from \(least) to \(most), found \(number)")
    }
}
