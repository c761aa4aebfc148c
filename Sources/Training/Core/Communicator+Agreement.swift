package import Communication
import Foundation
import Messages

extension Communicator {
    /// Throws on every rank unless all want to train the same thing. *Collective.*
    ///
    /// Ranks that were started with different options would train something else than was asked for, or wait for ever.
    func requireEqualSettings(_ settings: Settings) throws {
        let own = settings.flat
        let first = try broadcast(value: own, from: 0)
        try agree {
            // The data may have different places on different hosts.
            for key in settings.keys.map(\.name)
            where !["data.path", "data.test_path"].contains(key) && own[key] != first[key] {
                throw RankDifference(
                    what: key, own: own[key] ?? "", first: first[key] ?? "",
                    advice: "start all ranks with the same options")
            }
        }
    }

    /// Throws on every rank unless all have this number of something. *Collective.*
    func requireEqual(_ number: Int, _ what: String, advice: String) throws {
        let numbers = try allGather(UInt64(number))
        try agree {
            if UInt64(number) != numbers[0] {
                throw RankDifference(what: what, own: "\(number)", first: "\(numbers[0])", advice: advice)
            }
        }
    }

    /// The error as a failure that every rank knows of, because each has found it itself.
    package func agreedFailure(_ error: any Error) -> RankFailure {
        RankFailure(rank: 0, message: errorLine(error), failedRanks: size, size: size, isUnanimous: true, cause: error)
    }
}

/// 32 bits that tell one preparation from others, by its names and texts in order.
func fingerprint(_ preparation: Preparation) -> UInt32 {
    preparation.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }.joined(separator: "\0").fnv1a
}

/// A rank is not about to do what rank 0 does.
package struct RankDifference: Error, CustomStringConvertible {
    let what, own, first, advice: String

    package init(what: String, own: String, first: String, advice: String) {
        (self.what, self.own, self.first, self.advice) = (what, own, first, advice)
    }

    package var description: String { "\(what) is \(own) on this rank and \(first) on rank 0; \(advice)" }
}
