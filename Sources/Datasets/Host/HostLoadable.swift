/// What one rank of a host has read, and hands to the others: notes, which are copied, and arrays, which are shared.
public protocol HostLoadable {
    /// Everything that is not in the arrays; small.
    associatedtype Notes: Codable

    /// Everything that is not in the arrays.
    var notes: Notes { get }
    /// The memory of the arrays, in the order that `init` expects.
    var arrays: [HostBytes] { get }

    /// What `notes` and `arrays` were made of. Throws where they don't fit each other.
    init(notes: Notes, arrays: [HostBytes]) throws
}

extension HostLoadable {
    /// The bytes of all arrays, which a host holds once.
    package var byteCount: Int { arrays.reduce(0) { $0 + $1.count } }
}
