import Preconditions

/// One message of an exchange, seen from one of its two ends.
///
/// A rank may send to itself. The buffer stays the caller's.
public enum Transfer {
    /// Sends the bytes to a rank of the same communicator.
    case send(UnsafeRawBufferPointer, to: Int, tag: Int)

    /// Fills the buffer with a message from a rank of the same communicator.
    case receive(UnsafeMutableRawBufferPointer, from: Int, tag: Int)

    /// The tags a transfer may carry: what every MPI library must offer (MPI 3.1, section 8.1.2), less one.
    public static let tags = 0..<32_767

    /// The rank at the other end.
    public var peer: Int {
        switch self {
        case .send(_, let peer, _), .receive(_, let peer, _): peer
        }
    }

    /// The number by which sender and receiver recognize the message.
    public var tag: Int {
        switch self {
        case .send(_, _, let tag), .receive(_, _, let tag): tag
        }
    }

    /// The length of the buffer in bytes.
    public var count: Int {
        switch self {
        case .send(let bytes, _, _): bytes.count
        case .receive(let bytes, _, _): bytes.count
        }
    }
}

extension Communicator {
    /// Stops the process unless every peer is a rank of this communicator and every tag is allowed.
    package func requireValid(_ transfers: [Transfer]) {
        for transfer in transfers {
            require((0..<size).contains(transfer.peer), "exchange: peer \(transfer.peer), but there are \(size) ranks")
            require(Transfer.tags.contains(transfer.tag), "exchange: tag \(transfer.tag) is not in \(Transfer.tags)")
        }
    }

    /// Stops the process unless the root is a rank of this communicator.
    package func requireValid(root: Int) {
        require((0..<size).contains(root), "broadcast: root \(root), but there are \(size) ranks")
    }

    /// Stops the process unless color and key are in their ranges.
    package func requireValid(color: Int?, key: Int) {
        require(0...Int(Int32.max) ~= color ?? 0, "split: color \(color ?? 0) is not in 0...\(Int32.max)")
        require(Int32(exactly: key) != nil, "split: key \(key) is not in the range of Int32")
    }
}
