package import Communication
import DataParallel
import Datasets
import Foundation
import Messages

/// The program that a rank runs, as ranks compare it: version, bytes and libraries.
package struct ProgramIdentity: Codable {
    package var host: String
    /// The CRC-32 of the executable file; nil where it can't be read.
    package var checksum: UInt32?
    package var libraries: [String: String]

    /// That of this process.
    package init(host: String, libraries: [String: String]) {
        (self.host, self.libraries) = (host, libraries)
        guard let file = try? Data(contentsOf: URL(filePath: "/proc/self/exe"), options: .alwaysMapped) else { return }
        var checksum = DataChecksum()
        file.withUnsafeBytes { checksum.append($0) }
        self.checksum = checksum.value
    }

    /// What differs from that of rank 0, in words; nil for nothing.
    package func difference(from first: ProgramIdentity) -> String? {
        if let checksum, let other = first.checksum, checksum != other {
            return "the program on \(host) is not that on \(first.host) (CRC-32 \(hex(checksum)) and \(hex(other)))"
        }
        let names = Set(libraries.keys).union(first.libraries.keys).sorted()
        guard let name = names.first(where: { libraries[$0] != first.libraries[$0] }) else { return nil }
        return
            "\(host) has \(name) \(libraries[name] ?? "not at all"), and \(first.host) \(first.libraries[name] ?? "not at all")"
    }

    private func hex(_ number: UInt32) -> String { String(format: "%08x", number) }
}

extension Communicator {
    /// Throws on every rank where the hosts run different programs, or with different libraries. *Collective.*
    ///
    /// On each host one rank reads the program: they have one file system. On a single host there is nothing to compare.
    package func requireEqualPrograms(_ hostnames: [String], libraries: [String: String]) throws {
        let hosts = HostMap(names: hostnames)
        guard hosts.count > 1 else { return }
        let speaks = hosts.ranks(of: hosts.hostOfRank[rank]).first == rank
        let own = speaks ? ProgramIdentity(host: hostnames[rank], libraries: libraries) : nil
        let all = try allGather(value: own).compactMap { $0 }
        guard let first = all.first, let text = all.lazy.compactMap({ $0.difference(from: first) }).first else {
            return
        }
        throw agreedFailure(UnlikePrograms(difference: text))
    }
}

/// Two hosts run different programs.
struct UnlikePrograms: Error, CustomStringConvertible {
    let difference: String
    var description: String {
        "\(difference): results would depend on where a shard is computed; install the same program and libraries on all hosts (launch/cluster starts the same path everywhere)"
    }
}
