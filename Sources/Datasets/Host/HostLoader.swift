public import Communication
import Foundation
import Messages

/// Reads data once for each host: on its first rank, which hands them to the others in memory that they share.
///
/// Used by one thread. Where memory can't be shared, every rank gets a copy.
public final class HostLoader {
    /// How far the reading of something is.
    public struct Progress: Sendable, Equatable {
        /// The data that is read, such as a path.
        public let what: String
        /// The part that is done and the whole, in any unit; 0 for an unknown whole.
        public let done, total: Int
    }

    /// The ranks of this host; nil if there is one.
    private let host: (any Communicator)?
    private let report: (Progress) -> Void
    /// The bytes of all arrays loaded so far, which the host holds once.
    public private(set) var loadedBytes = 0
    private var what = ""
    /// Whether the ranks of the host know already that one of them has failed.
    private var hasFailed = false

    /// A loader for the ranks of `host`, all of one host; nil for a single process.
    /// - Parameter report: called with the progress, on the rank that reads.
    public init(over host: (any Communicator)? = nil, report: @escaping (Progress) -> Void = { _ in }) {
        self.host = host.flatMap { $0.size > 1 ? $0 : nil }
        self.report = report
    }

    /// The loader of a process by itself.
    public static var alone: HostLoader { HostLoader() }

    /// The number of ranks that share what is loaded.
    public var ranks: Int { host?.size ?? 1 }

    /// Says how far the reading of the present data is; for the bodies of `load`.
    public func progress(done: Int, of total: Int) { report(Progress(what: what, done: done, total: total)) }

    /// Returns on every rank of the host what `read` returns on the first one. *Collective within the host*, within
    /// `run`.
    ///
    /// An error of `read` is thrown on all of them. `what` names the data for those who wait.
    public func load<Content: HostLoadable>(_ what: String, _ read: () throws -> Content) throws -> Content {
        self.what = what
        guard let host else {
            let content = try read()
            loadedBytes += content.arrays.reduce(0) { $0 + $1.residentCount }
            return content
        }
        try round(.loading(what))
        do {
            let content: Content =
                host.rank == 0 ? try hand(Result { try read() }, over: host) : try receive(over: host)
            loadedBytes += content.arrays.reduce(0) { $0 + $1.residentCount }
            return content
        } catch {
            // both sides have exchanged what follows
            hasFailed = true
            throw error
        }
    }

    /// Runs `body`, which may call `load`: when it fails on one rank of the host, it does on all. *Collective within
    /// the host.*
    public func run<Outcome>(_ body: () throws -> Outcome) throws -> Outcome {
        hasFailed = false
        let outcome: Outcome
        do {
            outcome = try body()
        } catch {
            if hasFailed { throw error }
            try? round(.failed(errorLine(error)))
            throw error
        }
        try round(.finished)
        return outcome
    }

    // MARK: Between the ranks of a host

    /// The next action of a rank.
    private enum Intention {
        case loading(String)
        case finished
        case failed(String)

        var bytes: [UInt8] {
            switch self {
            case .loading(let what): [0] + what.utf8
            case .finished: [1]
            case .failed(let message): [2] + message.utf8
            }
        }
    }

    /// Throws unless all ranks of the host are about to do the same.
    private func round(_ intention: Intention) throws {
        guard let host else { return }
        let all = try host.allGather(intention.bytes)
        if let failed = all.first(where: { $0[0] == 2 }) {
            hasFailed = true
            throw EchoedFailure(String(decoding: failed.dropFirst(), as: UTF8.self))
        }
        if let other = all.first(where: { $0 != all[0] }) {
            hasFailed = true
            let names = [all[0], other].map { bytes in
                bytes[0] == 0 ? String(decoding: bytes.dropFirst(), as: UTF8.self) : "no further data"
            }
            throw HostLoadFailure(
                message:
                    "the ranks of a host were given different data, \(names[0]) and \(names[1]); start all of them with the same --data"
            )
        }
    }

    /// How the other ranks get an array.
    private struct Description: Codable {
        let name: String?
        let part: PackedBytes.Part?
        let count: Int
        let checksum: UInt32

        init(_ array: HostBytes) {
            (name, part, count, checksum) = (array.name, array.part, array.count, array.checksum)
        }

        /// The array, mapped into this process's memory; nil if it cannot be.
        func mapped() -> HostBytes? {
            if let part { return (try? PackedBytes(opening: part)).map { HostBytes($0) } }
            return name.flatMap { HostBytes(mapping: $0, count: count, checksum: checksum) }
        }
    }

    /// The message to the other ranks: an error, or notes and the location of the arrays.
    private struct Message<Notes: Codable>: Codable {
        var failure: String?
        var notes: Notes?
        var arrays: [Description] = []
    }

    private func hand<Content: HostLoadable>(
        _ result: Result<Content, any Error>, over host: any Communicator
    ) throws -> Content {
        var message = Message<Content.Notes>()
        switch result {
        case .failure(let error): message.failure = errorLine(error)
        case .success(let content):
            message.notes = content.notes
            message.arrays = content.arrays.map { Description($0) }
        }
        _ = try host.broadcast(value: message, from: 0)
        let content = try result.get()
        let arrays = content.arrays
        let missing = try host.allGather([UInt8](repeating: 0, count: arrays.count))
        for (number, array) in arrays.enumerated() where missing.contains(where: { $0[number] == 1 }) {
            try array.withUnsafeBytes { bytes in
                // only read: this rank is the root
                try host.broadcast(UnsafeMutableRawBufferPointer(mutating: bytes), from: 0)
            }
        }
        return content
    }

    private func receive<Content: HostLoadable>(over host: any Communicator) throws -> Content {
        let message: Message<Content.Notes> = try host.broadcast(value: nil, from: 0)
        if let failure = message.failure { throw HostLoadFailure(message: failure) }
        guard let notes = message.notes else {
            throw HostLoadFailure(message: "the first rank of the host has read nothing")
        }
        let mapped = message.arrays.map { $0.mapped() }
        let missing = try host.allGather(mapped.map { $0 == nil ? UInt8(1) : 0 })
        let arrays = try zip(mapped, message.arrays).enumerated().map { number, array in
            guard missing.contains(where: { $0[number] == 1 }) else { return array.0.unsafelyUnwrapped }
            let memory = UnsafeAllocation(bytes: array.1.count)
            try host.broadcast(UnsafeMutableRawBufferPointer(start: memory.base, count: array.1.count), from: 0)
            return array.0 ?? HostBytes(own: memory, count: array.1.count)
        }
        return try Content(notes: notes, arrays: arrays)
    }
}

/// An error of the first rank of a host while it read data, or of another while it continued.
struct HostLoadFailure: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
