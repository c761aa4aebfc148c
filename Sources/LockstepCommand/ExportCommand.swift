import ArgumentParser
import Communication
import Export
import Foundation
import MPICommunication
import Messages
import RunRecords
import Training

struct ExportCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "export",
            abstract: "Export a trained model to ONNX or PyTorch, or the log of a run to CSV.",
            discussion: """
                onnx      a file for each function of the model, operator set 17, dynamic batch and sequence
                pytorch   model.py, which defines the modules, and model.safetensors with PyTorch's names and layouts
                csv       metrics.jsonl as a table: a line for each record

                The files of a model say how its inputs are prepared. Beside them example.safetensors has random inputs, and \
                what \(Program.name) computes of them; `python3 model.py` compares.
                """)
    }

    /// What is written.
    enum Format: String, CaseIterable, ExpressibleByArgument { case onnx, pytorch, csv }

    @Argument(help: savedRunHelp, completion: .directory)
    var path: String

    @Option(help: "What to write: onnx, pytorch or csv.")
    var format: Format

    @Option(
        help: ArgumentHelp(
            "The directory to write to, of CSV the file; default: RUN-onnx, RUN-pytorch, of CSV stdout.",
            valueName: "path"),
        completion: .directory)
    var output: String?

    func run() {
        LockstepProcess.run { communicator, _ in
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                if format == .csv { return try exportLog() }
                let saved = try ModelExport.saved(at: path, catalog: Program.catalog)
                let exporter = Exporter(
                    saved.export,
                    origin: [
                        "recipe": saved.recipe, "step": "\(saved.step)",
                        "written_by": "lockstep \(LockstepVersion.number)",
                    ])
                let directory = output ?? "\(trimmedPath)-\(format.rawValue)"
                let names =
                    format == .onnx
                    ? try exporter.writeONNX(to: directory) : try exporter.writePyTorch(to: directory)
                for name in names { Terminal.show("\(directory)/\(name)") }
            }
            return 0
        }
    }

    /// The run's path without slashes at its end.
    private var trimmedPath: String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private func exportLog() throws {
        let log = "\(trimmedPath)/metrics.jsonl"
        guard FileManager.default.fileExists(atPath: log) else { throw NoLog(path: log) }
        let table = try MetricsTable(path: log)
        if table.unreadableLines > 0 {
            RunWarning.print(
                "\(log): left out \(Readable.count(table.unreadableLines, of: "line")) that \(table.unreadableLines == 1 ? "is no record" : "are no records")"
            )
        }
        guard let output else { return table.write { Terminal.show($0, terminator: "") } }
        try ResultFile.write(table.csv, to: output)
    }
}

/// A run without a log.
private struct NoLog: Error, CustomStringConvertible {
    let path: String
    var description: String { "cannot read \(path): name the directory of a run that has one" }
}
