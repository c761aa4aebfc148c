import Checkpoints
import Communication
public import Foundation
import Messages
import RunRecords

/// Writes a picture of generated samples after each evaluation of a run: `samples/step-XXXXXXXX.png` in the run directory,
/// and in TensorBoard.
public final class SampleSheets: RunObserver {
    private let context: RunContext
    private let picture: () throws -> Data

    /// - Parameter picture: a PNG file of samples of the present weights. *Local*: it is called on the rank that keeps the
    ///   records only, and must not change anything.
    public init(_ setup: RunSetup, picture: @escaping () throws -> Data) {
        (context, self.picture) = (setup.context, picture)
    }

    /// Removes the pictures of steps that are made again. *Collective.*
    public func runWillBegin(at position: RunPosition) throws {
        try context.communicator.agree {
            guard let folder = context.record?.log.directory.samplesPath, FileContents.exists(folder) else { return }
            try FileSystem.checkIsNoLink(folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                guard let match = name.wholeMatch(of: /step-(\d{1,18})\.png/), let step = Int(match.1) else { continue }
                if step > position.step { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
            }
        }
    }

    /// *Collective.*
    public func evaluationDidEnd(_ evaluation: inout Evaluation) throws {
        let step = evaluation.position.step
        try context.communicator.agree {
            guard let log = context.record?.log else { return }
            let bytes = Array(try picture())
            do {
                let folder = log.directory.samplesPath
                try RunDirectory.makeDirectories(folder)
                try FileSystem.checkIsNoLink(folder)
                let number = String(step).leftPadded(to: 8).replacing(" ", with: "0")
                try FileContents.replace("\(folder)/step-\(number).png", with: bytes)
            } catch let error as RunLogError {
                // pictures can be made again from a checkpoint: a full disk does not end the run for them
                log.message("warning: \(error); the run goes on without this picture")
            }
            if let picture = PNGPicture(bytes) { log.show([SummaryValue("samples", .image(picture))], step: step) }
        }
    }
}
