import Checkpoints
import Kernels

/// A part of a run of whose state each host has a part (ZeRO).
protocol DividedState: Persistent {
    /// Whether it is divided.
    var isDivided: Bool { get }

    /// What this rank has of it; nil where nothing is divided.
    var division: StateDivision? { get }
}

/// A state that parties divide: what this rank can save without the others.
struct StateDivision {
    /// The number of this rank's party, and how many there are.
    var party = 0, parties = 1
    /// Whether this rank saves the pieces of its party.
    var isWriter = false
    /// The bytes of the pieces of all parties.
    var bytes = 0
    /// The pieces of this party.
    var pieces: [StatePiece] = []
    /// The tensors of which every rank has all.
    var undivided: [PersistentTensor] = []
}

/// A range of the elements of a tensor that checkpoints carry, and its memory.
struct StatePiece {
    let name: String
    let shape: [Int]
    let range: Range<Int>
    let buffer: Buffer

    /// The memory as a tensor of one axis.
    var tensor: PersistentTensor { PersistentTensor(name: name, shape: [range.count], buffer: buffer) }

    /// The piece for a file, with the elements of `tensor`.
    func lent(_ tensor: NamedTensor) -> TensorPiece {
        TensorPiece(name: name, shape: shape, range: range) { body in tensor.withValues { body($0) } }
    }
}
