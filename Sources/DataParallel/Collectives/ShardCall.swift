import TensorEngine

/// What one shard brings to a collective over all shards.
enum ShardCall {
    /// The shard has no samples: zeros, or no rows.
    case absent
    /// The shard takes part with a tensor; in a `reduceScatter`, `rows` of the sum are its own.
    case call(Kind, Tensor, isTracked: Bool = false, rows: Range<Int> = 0..<0)
    /// The shard's passes are over.
    case ended
    /// The shard has failed, for this reason.
    case failed(String)

    enum Kind: Int, CustomStringConvertible {
        case allGather, reduceScatter, allReduce

        var description: String {
            switch self {
            case .allGather: "allGather"
            case .reduceScatter: "the gradient of allGather"
            case .allReduce: "allReduce"
            }
        }
    }

    var tensor: Tensor? { if case .call(_, let tensor, _, _) = self { tensor } else { nil } }
}

/// What all ranks know of one shard's call: all but its elements.
struct ShardCallHeader: Equatable {
    enum State: Int {
        case absent, call, ended, failed
    }

    let state: State
    let kind: ShardCall.Kind
    let isTracked: Bool
    let sizes: [Int]
    /// Of a `reduceScatter`, the rows that are the shard's own.
    let rows: Range<Int>

    init(_ call: ShardCall) {
        if case .call(let kind, let tensor, let isTracked, let rows) = call {
            (state, self.kind, self.isTracked) = (.call, kind, isTracked)
            (sizes, self.rows) = (tensor.shape.sizes, rows)
            return
        }
        state =
            switch call {
            case .absent, .call: .absent
            case .ended: .ended
            case .failed: .failed
            }
        (kind, isTracked, sizes, rows) = (.allGather, false, [], 0..<0)
    }

    /// The header as numbers: state, kind, whether tracked, the first and the end of the rows, the number of axes and their sizes.
    var words: [Int64] {
        ([state.rawValue, kind.rawValue, isTracked ? 1 : 0, rows.lowerBound, rows.upperBound, sizes.count] + sizes)
            .map(Int64.init)
    }

    /// Reads a header from the front of `words`; nil where they are not one.
    init?(reading words: inout ArraySlice<Int64>) {
        let first = words.prefix(6).map(Int.init)
        guard first.count == 6, let state = State(rawValue: first[0]), let kind = ShardCall.Kind(rawValue: first[1]),
            first[3] <= first[4], first[5] >= 0, words.count >= 6 + first[5]
        else { return nil }
        words = words.dropFirst(6)
        sizes = words.prefix(first[5]).map(Int.init)
        words = words.dropFirst(sizes.count)
        (self.state, self.kind, isTracked, rows) = (state, kind, first[2] != 0, first[3]..<first[4])
    }

    /// Whether the two can be calls of one collective: rows may differ where they are gathered.
    func matches(_ other: ShardCallHeader) -> Bool {
        guard state == other.state, kind == other.kind, isTracked == other.isTracked else { return false }
        return kind == .allGather
            ? sizes.count == other.sizes.count && sizes.dropFirst().elementsEqual(other.sizes.dropFirst())
            : sizes == other.sizes
    }

    /// The call in words, for errors.
    var description: String {
        switch state {
        case .absent: "no samples"
        case .ended: "the end of its passes"
        case .failed: "a failure"
        case .call: "\(kind) of a tensor of shape \(sizes)\(isTracked ? "" : " without gradient")"
        }
    }
}

/// The shards of a step don't make the same collective calls.
public struct ShardCallMismatch: Error, Equatable, CustomStringConvertible {
    let first, second: Int
    let firstCall, secondCall: String

    /// What was found, and what to do.
    public var description: String {
        "the shards of a step do not make the same exchanges: shard \(first) came to \(firstCall), shard \(second) to \(secondCall); "
            + "call allGather and allReduce equally often, in the same order and with the same shapes in every shard that has samples"
    }
}
