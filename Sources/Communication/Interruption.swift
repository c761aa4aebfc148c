/// The end of a program by a signal, on which all ranks have agreed: its state is saved.
public struct Interruption: Error, Sendable, Equatable, CustomStringConvertible {
    /// The signal.
    public let signal: ProcessSignal
    /// What was saved, and how to continue.
    public let message: String
    /// The exit code of the program: 128 + the signal's number, unless another was asked for.
    public let exitCode: Int32
    /// How many ranks know of it: the size of the communicator.
    public let size: Int

    /// An interruption of `size` ranks.
    public init(_ signal: ProcessSignal, message: String, exitCode: Int32? = nil, size: Int) {
        (self.signal, self.message, self.size) = (signal, message, size)
        self.exitCode = exitCode ?? signal.exitCode
    }

    /// The signal and the message.
    public var description: String { "interrupted by \(signal.name)\(message)" }
}
