import ArgumentParser
import Communication
import Foundation
import Messages
public import Optimizers
public import Training

/// A command-line program that trains recipes: `@main struct Trainer: LockstepProgram { static let recipes = … }`.
///
/// `main()` gives it the subcommands `train`, `search`, `evaluate`, `predict`, `generate`, `pack`, `export`, `replay`, `inspect`, `recipes`,
/// `settings`, `verify-resume`, `benchmark` and `doctor`, for one process or for many under `mpirun`. The program `lockstep` is one
/// itself.
public protocol LockstepProgram {
    /// The recipes that it trains; `Lockstep.recipes` are those of this package.
    static var recipes: [any Recipe] { get }

    /// Optimizers of its own beside those of this package, for `optimizer.name`.
    static var optimizers: [any OptimizerRule.Type] { get }

    /// One line that says what the program is for, for `--help`.
    static var summary: String { get }

    /// The program's own version, for `--version`; nil: only that of Lockstep is shown.
    static var version: String? { get }
}

extension LockstepProgram {
    public static var summary: String {
        "Train neural networks on many processes: one mpirun, and the same result on any number of ranks."
    }

    public static var optimizers: [any OptimizerRule.Type] { [] }

    public static var version: String? { nil }

    /// Runs the command that the command line names, and ends the process.
    ///
    /// The program's name in help and messages is the file name that it was started by. If several ranks run it, only
    /// rank 0 prints the help or says what is wrong with the command line.
    public static func main() {
        ProgramName.$current.withValue(programName) {
            do {
                try checkNames()
                var command = try RootCommand<Self>.parseAsRoot()
                try command.run()
            } catch {
                if let rank = LaunchEnvironment.current?.rank, rank > 0 {
                    let code = RootCommand<Self>.exitCode(for: error).rawValue
                    // The launcher ends all ranks at the first that fails: let rank 0 be that, once it has said why.
                    if code != 0 { sleep(2) }
                    exit(code)
                }
                RootCommand<Self>.exit(withError: error)
            }
        }
    }

    /// Two recipes of one name would hide each other.
    private static func checkNames() throws {
        let names = recipes.map(\.name)
        if let name = names.first(where: { name in names.count { $0 == name } > 1 }) { throw SharedName(name: name) }
    }
}

/// The file name that the program was started by.
private var programName: String {
    let name = URL(filePath: CommandLine.arguments.first ?? "").lastPathComponent
    return name.isEmpty || name == "/" ? "lockstep" : name.printable.shortened(to: 100)
}

/// Two recipes of a program have the same name.
private struct SharedName: Error, CustomStringConvertible {
    let name: String
    var description: String {
        "two recipes of this program are named \"\(name.printable)\": give each its own name in its `recipes`"
    }
}
