import ArgumentParser
import Benchmarks
import Foundation
import Recipes
import Training

/// Where the figures of a benchmark go as JSON.
struct JSONOutput: ParsableArguments {
    @Option(
        name: .customLong("json"), defaultAsFlag: "-", parsing: .next,
        help: ArgumentHelp(
            "Write the figures to this file, as one JSON object; to the standard output, in place of the table, when - or no file is named.",
            valueName: "file"))
    var file: String?

    /// Whether the JSON object is all that the standard output gets.
    var replacesTable: Bool { file == "-" }

    func validate() throws {
        guard let file else { return }
        guard !file.isEmpty else { throw ValidationError("--json names no file") }
        guard !RecipeCatalog.all.recipes.contains(where: { $0.name == file }) else {
            throw ValidationError(
                "--json takes a file, and \"\(file)\" is a recipe: name the recipe first, or say --json - for the standard output"
            )
        }
    }

    /// Throws when the file cannot be made: before anything is measured. *Local.*
    func check() throws {
        guard let file, !replacesTable else { return }
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory) {
            if isDirectory.boolValue { throw UnwritableFile(path: file, reason: "it is a folder") }
            if !FileManager.default.isWritableFile(atPath: file) {
                throw UnwritableFile(path: file, reason: "it must not be written")
            }
            return
        }
        let folder = URL(filePath: file).deletingLastPathComponent().path
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw UnwritableFile(path: file, reason: "its folder is not there, or must not be written")
        }
    }

    /// Writes `text` where it is wanted. *Local.*
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

/// Where the results of a benchmark go beside the screen.
struct BenchmarkOutput: ParsableArguments {
    @OptionGroup
    var json: JSONOutput

    @Option(
        help: ArgumentHelp(
            "Also draw them, to a file that ends in .svg or .png; needs gnuplot.", valueName: "file"))
    var plot: String?

    func validate() throws {
        guard let plot else { return }
        do { try Plot.check(plot) } catch { throw ValidationError("\(error)") }
    }

    /// Writes what is asked for.
    func write(json text: @autoclosure () throws -> String, plot picture: @autoclosure () -> Plot) throws {
        try json.write(try text())
        if let plot { try picture().write(to: plot) }
    }
}

/// The file that was named for the figures cannot be written.
struct UnwritableFile: Error, CustomStringConvertible {
    let path, reason: String
    var description: String { "cannot write \(path): \(reason); name another file with --json" }
}

/// The bounds of the numbers that benchmarks take.
enum BenchmarkBounds {
    /// Of steps, whose figures are all kept.
    static let steps = 1_000_000

    /// Throws unless `number` is within the bounds.
    static func check(_ number: Int?, _ option: String, from least: Int = 1, to most: Int) throws {
        guard let number, !(least...most).contains(number) else { return }
        throw ValidationError("\(option) must be from \(least) to \(most), found \(number)")
    }
}
