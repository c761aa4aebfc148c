import Foundation

/// One event of a TensorBoard file (tensorboard/compat/proto/event.proto).
struct TensorBoardEvent {
    enum Content {
        /// The first event of a file.
        case version
        /// The start of a session: TensorBoard drops what it has of this step and later ones.
        case start
        case summary([SummaryValue])
    }

    let date: Date
    let step: Int
    let content: Content

    /// The message `Event`.
    var bytes: [UInt8] {
        var message = ProtobufWriter()
        message.double(1, date.timeIntervalSince1970)
        // as all writers do, the default is left out
        if step != 0 { message.integer(2, step) }
        switch content {
        case .version: message.bytes(3, "brain.Event:2".utf8)
        case .start: message.message(7) { $0.integer(1, 1) }
        case .summary(let values):
            message.message(5) { summary in
                for value in values { summary.message(1) { value.write(to: &$0) } }
            }
        }
        return message.bytes
    }
}
