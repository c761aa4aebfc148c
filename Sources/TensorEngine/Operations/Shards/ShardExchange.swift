import Preconditions

/// Collectives over all logical shards of a step, whichever ranks compute them; the engine knows nothing more of ranks.
///
/// Within a step every shard with samples makes the same calls in the same order; shards without samples add nothing. No call
/// throws, so that layers can make them: when another shard has failed, or does not make the same call, a shard gets its own
/// values alone, and whoever runs the step throws when the passes are over.
public protocol ShardExchange: AnyObject, Sendable {
    /// The rows (first axis) of every shard's tensor, concatenated in the order of the shards; not tracked.
    ///
    /// The numbers of rows may differ; the other axes are equal.
    func allGather(rows: Tensor) -> GatheredRows

    /// The calling shard's rows of the sum over all shards, along the shard tree, of tensors of the shape of `gathered.tensor`.
    func reduceScatter(_ tensor: Tensor, as gathered: GatheredRows) -> Tensor

    /// The element-wise sum over all shards along the shard tree, of tensors of one shape; not tracked.
    func allReduce(sum tensor: Tensor) -> Tensor

    /// Keeps what the calling shard's loss has to be joined with, so that its backward pass takes part in every exchange.
    func keep(token: Tensor)
}

/// The rows of all shards, and whose they are.
public struct GatheredRows: Sendable {
    /// The rows of shard 0, then those of shard 1, …
    public let tensor: Tensor
    /// For each shard its rows of `tensor`; empty for a shard without samples.
    public let rowsOfShard: [Range<Int>]
    /// The calling shard's rows of `tensor`.
    public let ownRows: Range<Int>

    /// Rows by shard; `ownRows` are those of the shard that asks.
    public init(tensor: Tensor, rowsOfShard: [Range<Int>], ownRows: Range<Int>) {
        (self.tensor, self.rowsOfShard, self.ownRows) = (tensor, rowsOfShard, ownRows)
    }
}

extension ShardExchange {
    /// The rows of all shards, as `allGather(rows:)`, with a gradient.
    ///
    /// The cotangent of a shard's rows is the sum over all shards' losses, along the shard tree; first derivatives only.
    public func allGather(_ rows: Tensor) -> GatheredRows {
        let gathered = allGather(rows: rows)
        guard rows.isTracked else { return gathered }
        let tensor = exchanged(rows, result: gathered.tensor) { [unowned self] in reduceScatter($0, as: gathered) }
        return GatheredRows(tensor: tensor, rowsOfShard: gathered.rowsOfShard, ownRows: gathered.ownRows)
    }

    /// The element-wise sum over all shards, as `allReduce(sum:)`, with a gradient.
    ///
    /// The cotangent of each shard's tensor is the sum over all shards of the sum's cotangents; first derivatives only.
    public func allReduce(_ tensor: Tensor) -> Tensor {
        let sum = allReduce(sum: tensor)
        guard tensor.isTracked else { return sum }
        return exchanged(tensor, result: sum) { [unowned self] in allReduce(sum: $0) }
    }

    /// Two operations between which other shards' losses have a say: what a shard receives depends on what it sends, through a
    /// token. In the backward pass the cotangent of what was received waits in `Cotangent` until all shards have theirs; the
    /// token, which the loss depends on too, makes each shard's pass come there, whether its loss needs what it received or not.
    private func exchanged(_ sent: Tensor, result: Tensor, exchange: @escaping (Tensor) -> Tensor) -> Tensor {
        let cotangent = Cotangent(shape: result.shape, exchange)
        let token = SendToShards(cotangent: cotangent)(sent)
        keep(token: token)
        return ReceiveFromShards(cotangent: cotangent, result: result.detached)(token)
    }
}

/// The cotangent of what a shard has received, on its way to the other shards. Used by one thread at a time.
private final class Cotangent: @unchecked Sendable {
    let shape: Shape
    var value: Tensor?
    let exchange: (Tensor) -> Tensor

    init(shape: Shape, _ exchange: @escaping (Tensor) -> Tensor) { (self.shape, self.exchange) = (shape, exchange) }
}

/// What a shard gives to the others, as a token without content.
private struct SendToShards: Primitive {
    static let saves: SavedValues = []
    let cotangent: Cotangent

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor(0) }

    // x̄ is this shard's part of the sum of all shards' cotangents; the token's own is 0
    func vjp(_ tokenCotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        requireFirstDerivative(saved)
        defer { cotangent.value = nil }
        return [cotangent.exchange(cotangent.value ?? Tensor(repeating: 0, shape: cotangent.shape))]
    }
}

/// What a shard receives for its token.
private struct ReceiveFromShards: Primitive {
    static let saves: SavedValues = []
    let cotangent: Cotangent
    let result: Tensor

    func forward(_ inputs: [Tensor]) -> Tensor { result }

    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        requireFirstDerivative(saved)
        self.cotangent.value = cotangent
        return [Tensor(0)]
    }
}

/// A loss that depends on tokens as well: it is the loss, and their cotangents are 0.
private struct JoinTokens: Primitive {
    static let saves: SavedValues = []

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0] }

    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [cotangent] + saved.inputShapes.dropFirst().map { _ in Tensor(0) }
    }
}

private func requireFirstDerivative(_ saved: Saved) {
    require(
        !saved.recordsGraph,
        "exchange between shards: it has first derivatives only, and a second one was asked for")
}

extension Tensor {
    /// This loss, whose backward pass goes through the exchanges of all `tokens`.
    package func joined(with tokens: [Tensor]) -> Tensor {
        tokens.isEmpty ? self : JoinTokens().applied(to: [self] + tokens)
    }
}
