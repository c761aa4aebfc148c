import ArgumentParser
import Communication
import Foundation
import MPICommunication
import Training

struct VerifyResumeCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "verify-resume",
            abstract: "Verify that a recipe resumes to the same bits.",
            discussion: """
                Trains some steps, then again from the checkpoint in their middle, and compares weights, optimizer state and \
                position bit by bit. Runs in a temporary directory. The exit status is 0 if all are identical.

                  \(Program.launch(2)) verify-resume \(Program.exampleRecipe) --verify-steps 40
                """)
    }

    @Argument(help: Program.targetHelp)
    var target: String

    @Option(help: ArgumentHelp("Steps to train, at least 2.", valueName: "n"))
    var verifySteps = 20

    @OptionGroup(title: "Settings")
    var training: TrainingOptions

    func validate() throws {
        guard (2...1_000_000).contains(verifySteps) else {
            throw ValidationError("--verify-steps must be from 2 to 1000000, found \(verifySteps)")
        }
    }

    func run() {
        LockstepProcess.run { communicator, context in
            let overrides = try communicator.agree { try training.overrides }
            let folder = try communicator.share(from: 0) { () -> String in
                let folder = FileManager.default.temporaryDirectory.appending(
                    path: "verify-resume-\(UUID().uuidString)")
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
                return folder.path
            }
            defer { if communicator.rank == 0 { try? FileManager.default.removeItem(atPath: folder) } }
            var request = TrainingRequest(
                target: target, overrides: overrides, libraries: context.libraries, hostname: context.hostname)
            request.usesEnvironment = true
            let outcome: ResumeVerification
            do {
                outcome = try TrainingProgram(request, catalog: Program.catalog, communicator: communicator)
                    .verifyResume(steps: verifySteps, in: folder)
            } catch let end as Interruption {
                // the run that it would tell to continue goes with the folder
                throw Interruption(
                    end.signal, message: " while verifying: nothing is kept, start it again", exitCode: end.exitCode,
                    size: end.size)
            }
            if communicator.rank == 0 { print(outcome.text) }
            return outcome.difference == nil ? 0 : 1
        }
    }
}
