import Communication
import COpenMPI
import Glibc

/// The requests of one exchange, from their start to their end.
///
/// A message goes in pieces of `pieceSize` bytes, later ones longer, and a last one with the rest, which may be
/// empty: so both sides see from the first piece that differs that their lengths do. The sender's further pieces, or
/// what it sends before the receiver has cancelled its own, are then lost or taken for something else: a difference
/// beyond one piece is no state to continue from.
struct RequestSet {
    /// The piece of a message that a request is about.
    private struct Piece {
        let message: Int
        let offset, count: Int
    }

    /// A message to be received; `nil` in its place stands for one to be sent.
    private struct Expected {
        let source, tag, count: Int
    }

    private let handle: CommunicatorHandle
    private let pieceSize: Int
    private let largestPiece: Int
    /// After so many pieces the next ones are twice as long: each poll looks at all of them.
    private static let piecesOfOneSize = 64
    private var messages: [Expected?] = []
    // One request for each piece; complete ones become MPI_REQUEST_NULL.
    private var requests: [MPI_Request?] = []
    private var pieces: [Piece] = []
    private var unfinished = 0
    private var completed: [Int32] = []
    private var statuses: [MPI_Status] = []

    /// The first message whose length was not the expected one.
    private(set) var mismatch: CommunicationError?

    init(_ handle: CommunicatorHandle, pieceSize: Int, largestPiece: Int) {
        (self.handle, self.pieceSize, self.largestPiece) = (handle, pieceSize, largestPiece)
    }

    /// Starts receiving into a buffer that must stay until `advance` is true or `abandon` has returned.
    mutating func receive(_ buffer: UnsafeMutableRawBufferPointer, from peer: Int, tag: Int) throws {
        messages.append(Expected(source: peer, tag: tag, count: buffer.count))
        let raw = handle.raw
        try startPieces(buffer.count, call: "MPI_Irecv") { offset, count, request in
            MPI_Irecv(
                buffer.baseAddress.map { $0 + offset }, count, shim_MPI_BYTE(), Int32(peer), Int32(tag), raw, request)
        }
    }

    /// Starts sending from a buffer that must stay until `advance` is true or `abandon` has returned.
    mutating func send(_ bytes: UnsafeRawBufferPointer, to peer: Int, tag: Int) throws {
        messages.append(nil)
        let raw = handle.raw
        try startPieces(bytes.count, call: "MPI_Isend") { offset, count, request in
            MPI_Isend(
                bytes.baseAddress.map { $0 + offset }, count, shim_MPI_BYTE(), Int32(peer), Int32(tag), raw, request)
        }
    }

    private mutating func startPieces(
        _ total: Int, call: StaticString, _ start: (Int, Int32, UnsafeMutablePointer<MPI_Request?>) -> Int32
    ) throws {
        var (offset, size, number) = (0, pieceSize, 0)
        while offset <= total {
            let count = min(size, total - offset)
            var request: MPI_Request?
            try check(start(offset, Int32(count), &request), call: call, rank: handle.worldRank)
            requests.append(request)
            pieces.append(Piece(message: messages.count - 1, offset: offset, count: count))
            unfinished += 1
            offset += size
            number += 1
            if number % Self.piecesOfOneSize == 0 { size = min(2 * size, largestPiece) }
        }
    }

    /// Lets MPI work; true when all requests are complete.
    mutating func advance() throws -> Bool {
        guard unfinished > 0 else { return true }
        if completed.isEmpty {
            completed = Array(repeating: 0, count: requests.count)
            statuses = Array(repeating: MPI_Status(), count: requests.count)
        }
        var count: Int32 = 0
        let code = MPI_Testsome(Int32(requests.count), &requests, &count, &completed, &statuses)
        // With this code the statuses tell which request failed, otherwise they tell nothing of failures.
        let isInStatus = code == MPI_ERR_IN_STATUS
        if !isInStatus { try check(code, call: "MPI_Testsome", rank: handle.worldRank) }
        guard count != MPI_UNDEFINED else { return true }
        for position in 0..<Int(count) {
            unfinished -= 1
            try finish(Int(completed[position]), statuses[position], isInStatus: isInStatus)
        }
        return unfinished == 0
    }

    private mutating func finish(_ index: Int, _ status: MPI_Status, isInStatus: Bool) throws {
        var status = status
        let piece = pieces[index]
        let error = isInStatus ? status.MPI_ERROR : MPI_SUCCESS
        guard let message = messages[piece.message] else {
            return try check(error, call: "MPI_Isend", rank: handle.worldRank)
        }
        var isTooLong = false
        if error != MPI_SUCCESS {
            var errorClass = MPI_ERR_UNKNOWN
            MPI_Error_class(error, &errorClass)
            isTooLong = errorClass == MPI_ERR_TRUNCATE
            if !isTooLong { try check(error, call: "MPI_Irecv", rank: handle.worldRank) }
        }
        var isCancelled: Int32 = 0
        MPI_Test_cancelled(&status, &isCancelled)
        guard isCancelled == 0 else { return }
        var received: Int32 = 0
        MPI_Get_count(&status, shim_MPI_BYTE(), &received)
        guard isTooLong || Int(received) != piece.count else { return }
        // Open MPI counts the whole of a message that was too long; the standard does not ask for it.
        let sent = piece.offset + (isTooLong ? max(Int(received), piece.count + 1) : Int(received))
        mismatch =
            mismatch ?? .lengthMismatch(source: message.source, tag: message.tag, sent: sent, expected: message.count)
        // The rest of the message will not arrive.
        for later in requests.indices where pieces[later].message == piece.message { cancel(later) }
    }

    private mutating func cancel(_ index: Int) {
        if requests[index] != shim_MPI_REQUEST_NULL() { MPI_Cancel(&requests[index]) }
    }

    /// Ends what is still under way after an error, as far as that is possible.
    ///
    /// Receives are cancelled; sends, which Open MPI cannot cancel, get a second to finish. What is left then is
    /// given up: the peer is gone or never comes, and the caller is about to end the process.
    mutating func abandon() {
        for index in requests.indices where messages[pieces[index].message] != nil { cancel(index) }
        let end = ContinuousClock.now + .seconds(1)
        var isDone: Int32 = 0
        while ContinuousClock.now < end {
            let code = MPI_Testall(Int32(requests.count), &requests, &isDone, shim_MPI_STATUSES_IGNORE())
            if isDone != 0 || code != MPI_SUCCESS { break }
            usleep(50)
        }
        for index in requests.indices where requests[index] != shim_MPI_REQUEST_NULL() {
            MPI_Request_free(&requests[index])
        }
        unfinished = 0
    }
}
