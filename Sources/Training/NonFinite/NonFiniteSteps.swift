/// How many steps of a run were skipped since their loss or gradient was not finite; part of checkpoints.
struct NonFiniteSteps: Equatable {
    /// In the whole run.
    private(set) var skipped = 0
    /// Since the last step that was not.
    private(set) var inARow = 0
    /// Replay files of skipped steps that this start of the run has written.
    var replays = 0

    /// Skipped steps of which a replay file is written, at each start: with the weights, they take room.
    static let mostReplays = 10

    /// Whether the last step was skipped.
    var isSkipping: Bool { inARow > 0 }

    /// A step was skipped.
    mutating func skip() {
        skipped += 1
        inARow += 1
    }

    /// A step was made.
    mutating func succeed() { inARow = 0 }

    /// What a checkpoint keeps of it.
    var progress: [String: String] {
        skipped == 0 ? [:] : ["non_finite.skipped": "\(skipped)", "non_finite.in_a_row": "\(inARow)"]
    }

    /// Goes on from what `progress` was.
    mutating func restore(_ progress: [String: String]) {
        skipped = progress.whole("non_finite.skipped") ?? 0
        inARow = progress.whole("non_finite.in_a_row") ?? 0
    }
}
