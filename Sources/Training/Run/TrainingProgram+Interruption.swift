import Communication
import Messages
import RunRecords

extension TrainingProgram {
    /// The end of this start of the run by a signal; it is recorded. *Collective.*
    func interruption<Task>(
        _ signal: ProcessSignal, at position: RunPosition, _ run: AssembledRun<Task>
    ) throws -> Interruption {
        let saved = try communicator.share(from: 0) { () -> String? in
            let saved = run.context.requests.saved.flatMap { $0.step == position.step ? $0.path : nil }
            try run.context.record?.log.interrupted(
                InterruptionReport(
                    step: position.step, epoch: position.epoch, signal: signal.name, checkpoint: saved))
            return saved
        }
        let command = [
            ProgramName.current, "train", run.settings.recipe, "--run-dir", run.context.directory, "--resume",
        ]
        let message = [
            " after step \(Readable.count(position.step))",
            saved.map { "saved checkpoints/\($0.pathParts.name)" } ?? "nothing was left to save",
            "continue with: \(command.map(\.shellWord).joined(separator: " "))",
        ]
        return Interruption(
            signal, message: message.joined(separator: "; "),
            exitCode: run.settings.interrupt.exitCode.map { Int32($0) }, size: communicator.size)
    }
}
