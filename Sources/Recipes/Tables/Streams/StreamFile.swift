import Datasets
import Glibc
import Machine

/// Reads a stream of bytes as they come: of a file, which may grow, or of a pipe. On one rank only.
final class StreamFile {
    /// What a look at the stream has found.
    enum Arrival {
        case bytes([UInt8])
        /// Nothing yet.
        case nothing
        case end
    }

    private let path: String
    private let file: FileDescriptor
    private let isFile: Bool
    private let follows: Bool
    private let idleSeconds: Double
    /// The position of the next byte.
    private var position = 0
    private var lastArrival: Double

    /// The stream at `path`, of which a file is followed beyond its end if `follows`, for `idleSeconds` without a new byte (0: for
    /// ever).
    init(path: String, follows: Bool = false, idleSeconds: Double = 0) throws(DatasetError) {
        (self.path, self.follows, self.idleSeconds) = (path, follows, idleSeconds)
        // opening a named pipe must not wait for its writer; the standard input may be a socket, which cannot be opened
        let opened = path == "/dev/stdin" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard let file = FileDescriptor(owning: opened) else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        self.file = file
        var status = stat()
        fstat(file.number, &status)
        let kind = status.st_mode & S_IFMT
        isFile = kind == S_IFREG
        lastArrival = Self.now
        guard kind != S_IFDIR else {
            throw .unusable(path: path, found: "a directory", expected: "a file or a pipe of rows")
        }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Whether what was read can be read again.
    var isSeekable: Bool { isFile }

    /// Goes to `position`; throws where the stream is a pipe, or shorter.
    func seek(to position: Int) throws(DatasetError) {
        guard isFile else {
            throw .unusable(
                path: path, found: "a pipe, whose earlier rows are gone",
                expected: "a file to resume from; start a new run on the pipe (--init-from takes over the weights)")
        }
        try requireSize(position)
        self.position = position
    }

    private func requireSize(_ least: Int) throws(DatasetError) {
        var status = stat()
        fstat(file.number, &status)
        guard Int(status.st_size) >= least else {
            throw .unusable(
                path: path, found: "\(status.st_size) bytes",
                expected: "at least the \(least) that were read: rows may be appended, not removed")
        }
    }

    /// Reads on; waits for up to `milliseconds` where there is nothing.
    func next(milliseconds: Int32 = 100, atMost capacity: Int = 1 << 16) throws(DatasetError) -> Arrival {
        if !isFile {
            var poll = pollfd(fd: file.number, events: Int16(POLLIN), revents: 0)
            let ready = Glibc.poll(&poll, 1, milliseconds)
            if ready < 0, errno != EINTR { throw failure }
            if ready <= 0 { return .nothing }
        }
        var bytes = [UInt8](repeating: 0, count: capacity)
        let count = isFile ? pread(file.number, &bytes, capacity, off_t(position)) : read(file.number, &bytes, capacity)
        if count < 0 {
            if [EINTR, EAGAIN].contains(errno) { return .nothing }
            throw failure
        }
        guard count == 0 else {
            position += count
            lastArrival = Self.now
            return .bytes(Array(bytes.prefix(count)))
        }
        guard isFile, follows else { return .end }
        try requireSize(position)
        if idleSeconds > 0, Self.now - lastArrival >= idleSeconds { return .end }
        usleep(useconds_t(milliseconds) * 1000)
        return .nothing
    }

    private var failure: DatasetError { .unreadable(path: path, reason: String(cString: strerror(errno))) }
}
