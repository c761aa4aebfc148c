extension RunState {
    /// The largest count of steps or samples: sums and products of a few of them stay far below 2⁶³, and a Float64
    /// holds them.
    static let largestCount = 1 << 50

    /// Checks that the numbers are possible, by themselves and beside each other, and that they are those of
    /// `settings`.
    ///
    /// The checksums of a checkpoint show damage; whoever edits it can write them anew.
    package func validate() throws(Flaw) {
        try check(step, "step", in: 0...Self.largestCount)
        try check(samplesConsumed, "samplesConsumed", in: step...max(step, Self.largestCount))
        try check(epoch, "epoch", in: 0...samplesConsumed)
        try check(shards, "shards", in: 1...1 << 20)
        if let trainingSamples {
            try check(trainingSamples, "trainingSamples", in: 1...Int(UInt32.max))
            let passed = samplesConsumed / trainingSamples
            guard epoch == passed else {
                throw Flaw(
                    found: "epoch \(epoch)",
                    expected: "\(passed), which is \(samplesConsumed) samples of \(trainingSamples) each epoch")
            }
        }
        for (key, value) in [("recipe", recipe), ("seed", "\(seed)"), ("shards", "\(shards)")] {
            guard let setting = settings[key], setting != value else { continue }
            throw Flaw(
                found: "\(key) \(value) and a setting \(key) \(setting)", expected: "the same in both")
        }
        for (name, text) in (progress ?? [:]).sorted(by: { $0.key < $1.key }) { try check(text, of: name) }
    }

    private func check(_ number: Int, _ name: String, in range: ClosedRange<Int>) throws(Flaw) {
        guard range.contains(number) else {
            throw Flaw(found: "\(name) \(number)", expected: "\(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// Checks a number of `progress`: no count of it is negative or beyond `largestCount`, none is not a number.
    /// Scores may be negative, and infinite where nothing was better.
    private func check(_ text: String, of name: String) throws(Flaw) {
        if let whole = Int(text) {
            guard whole.magnitude <= Self.largestCount else {
                throw Flaw(found: "\(name) \(text)", expected: "at most \(Self.largestCount)")
            }
        } else if let number = Double(text), number.isNaN {
            throw Flaw(found: "\(name) \(text)", expected: "a number")
        }
        guard Self.counts.contains(where: name.hasSuffix) else { return }
        guard let count = Int(text), count >= 0 else {
            throw Flaw(found: "\(name) \(text)", expected: "a whole number of at least 0")
        }
    }

    /// The ends of the names of `progress` that count something.
    private static let counts = [
        ".bad_count", ".cooldown_left", ".pairs", ".skipped", ".in_a_row", ".step",
    ]
}
