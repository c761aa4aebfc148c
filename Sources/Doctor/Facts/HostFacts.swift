import Foundation

/// What one host says of itself; a fact that it does not know is nil.
public struct HostFacts: Codable, Sendable, Equatable {
    /// A folder, and what the file system there allows.
    package struct Folder: Codable, Sendable, Equatable {
        package var path: String
        /// Why a file cannot be made there; nil if it can.
        package var refusal: String?
        package var freeBytes: Int?
        /// Whether flock(2) works there.
        package var hasLocks: Bool?
        /// Whether the file that rank 0 has put there is seen.
        package var seesMarker: Bool?

        package init(
            path: String, refusal: String? = nil, freeBytes: Int?, hasLocks: Bool? = nil, seesMarker: Bool? = nil
        ) {
            (self.path, self.refusal, self.freeBytes) = (path, refusal, freeBytes)
            (self.hasLocks, self.seesMarker) = (hasLocks, seesMarker)
        }
    }

    /// A rank of the host.
    package struct Rank: Codable, Sendable, Equatable {
        package var rank: Int
        /// The processors that it may run on.
        package var processors: [Int]
        package var threads: Int
        /// Single-precision matrix products, in GFLOP/s.
        package var peak: Double?

        package init(rank: Int, processors: [Int], threads: Int, peak: Double? = nil) {
            (self.rank, self.processors, self.threads, self.peak) = (rank, processors, threads, peak)
        }
    }

    /// A network interface that is up and has an IPv4 address.
    package struct Interface: Codable, Sendable, Equatable {
        package var name, address: String
        /// The network, such as `10.0.0.0/24`.
        package var network: String

        package init(name: String, address: String, network: String) {
            (self.name, self.address, self.network) = (name, address, network)
        }
    }

    package var host: String
    /// The user's name for it, in a hostfile.
    package var alias: String?
    /// Why nothing else is known: the host cannot be reached, or the program does not run there.
    package var failure: String?
    package var program: String?
    package var programHash: String?
    package var programVersion: String?
    /// Shared libraries that the program lacks.
    package var missingLibraries: [String]?
    /// The MPI library that the program uses, and what `mpirun` of the PATH says, such as `Open MPI v4.1.4`.
    package var library: String?
    package var launcher: String?
    /// The hash of each data file that was named, by its path; absent where there is none.
    package var dataHashes: [String: String]?
    package var sharedMemory: Folder?
    package var temporary: Folder?
    package var runs: Folder?
    package var machineProcessors: Int?
    /// Processors' time that control groups leave.
    package var quota: Double?
    package var memoryBytes: Int?
    package var memorySource: String?
    package var openFiles: Int?
    package var interfaces: [Interface]?
    package var instructionSet: String?
    package var ranks: [Rank] = []
    /// How far its clock is from that of the first host, in seconds, and how far from the truth that may be.
    package var clockOffset, clockError: Double?
    /// Its own clock, in seconds since 1970, where the host is asked from elsewhere.
    package var clock: Double?
    /// Between it and the first host: both ways at once, in bytes per second each, and the time of a short message.
    package var linkBytesPerSecond, linkLatency: Double?

    package init(host: String) { self.host = host }

    /// The name that the user knows it by.
    package var name: String { alias ?? host }
}
