/// Data that one rank of a host reads for all of them: notes, which are copied, and arrays, which are shared.
public protocol HostLoadable {
    /// Everything that is not in the arrays; small.
    associatedtype Notes: Codable

    /// Everything that is not in the arrays.
    var notes: Notes { get }
    /// The memory of the arrays, in the order that `init` expects.
    var arrays: [HostBytes] { get }

    /// Data from notes and arrays. Throws if they do not match.
    init(notes: Notes, arrays: [HostBytes]) throws
}

extension HostLoadable {
    /// The training part and the test part that `notes` and `arrays` describe; the first `count` arrays are the
    /// training's.
    static func parts(
        _ training: Notes, _ test: Notes, _ arrays: [HostBytes], trainingArrays count: Int
    ) throws -> (training: Self, test: Self) {
        guard arrays.count >= count else {
            throw HostLoadFailure(message: "\(Self.self): found \(arrays.count) arrays, expected \(count) and more")
        }
        return (
            try Self(notes: training, arrays: Array(arrays[..<count])),
            try Self(notes: test, arrays: Array(arrays[count...]))
        )
    }

    /// The bytes of all arrays, which a host holds once.
    package var byteCount: Int { arrays.reduce(0) { $0 + $1.count } }
}
