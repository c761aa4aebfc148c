import Checkpoints
import Communication
public import Foundation
import Messages
import RunRecords

/// Writes pictures after each evaluation of a run, such as sheets of generated samples: `samples/step-XXXXXXXX-NAME.png` in
/// the run directory, and in TensorBoard.
public final class SampleSheets: RunObserver {
    private let context: RunContext
    private let pictures: () throws -> [(name: String, png: Data)]

    /// - Parameter pictures: PNG files made with the present weights, and their names, such as `reconstructions`. *Local*: it is
    ///   called on the rank that keeps the records only, and must not change anything.
    public init(_ setup: RunSetup, pictures: @escaping () throws -> [(name: String, png: Data)]) {
        (context, self.pictures) = (setup.context, pictures)
    }

    /// Removes the pictures of steps that are made again. *Collective.*
    public func runWillBegin(at position: RunPosition) throws {
        try context.communicator.agree {
            guard let folder = context.record?.log.directory.samplesPath, FileContents.exists(folder) else { return }
            try FileSystem.checkIsNoLink(folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                guard let match = name.wholeMatch(of: /step-(\d{1,18})(-.+)?\.png/), let step = Int(match.1) else {
                    continue
                }
                if step > position.step { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
            }
        }
    }

    /// *Collective.*
    public func evaluationDidEnd(_ evaluation: inout Evaluation) throws {
        let step = evaluation.position.step
        try context.communicator.agree {
            guard let log = context.record?.log else { return }
            let number = String(step).zeroPadded(to: 8)
            for (name, png) in try pictures() {
                let bytes = Array(png)
                do {
                    let folder = log.directory.samplesPath
                    try RunDirectory.makeDirectories(folder)
                    try FileSystem.checkIsNoLink(folder)
                    try FileContents.replace("\(folder)/step-\(number)-\(name).png", with: bytes)
                } catch let error as RunLogError {
                    // pictures can be made again from a checkpoint: a full disk does not end the run for them
                    log.message("warning: \(error); the run goes on without this picture")
                }
                if let picture = PNGPicture(bytes) { log.show([SummaryValue(name, .image(picture))], step: step) }
            }
        }
    }
}
