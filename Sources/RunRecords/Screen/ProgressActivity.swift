import Messages

/// The progress of an activity between steps, such as an evaluation or the loading of data.
struct ProgressActivity {
    let name: String
    /// In the seconds of the reporter's clock.
    let began: Double
    private var done = 0
    private var total = 0
    private var secondsLeft: Double?

    init(name: String, began: Double) { (self.name, self.began) = (name, began) }

    /// Updates with the fact that `done` of `total` are done at `now`.
    mutating func update(done: Int, total: Int, now: Double) {
        (self.done, self.total) = (done, total)
        secondsLeft = done > 0 ? (now - began) / Double(done) * Double(max(0, total - done)) : nil
    }

    private var fraction: Double { total > 0 ? min(1, max(0, Double(done) / Double(total))) : 0 }
    private var percent: String { Readable.percent(fraction, decimals: 0) }
    private var left: String { Readable.duration(secondsLeft) + " left" }

    /// The line where nothing is redrawn.
    var plainText: String { total > 0 ? [name, percent, left].joined(separator: "  ") : name }

    /// The line on a screen of that many columns: the richest form that leaves the last column free.
    func text(columns: Int, isUnicode: Bool) -> String {
        let room = max(1, columns - 1)
        let length = plainText.count + 2
        if total > 0, room >= length + 8 {
            let bar = ProgressLine.bar(fraction, width: min(30, room - length), isUnicode: isUnicode)
            return [name, bar, percent, left].joined(separator: "  ")
        }
        let forms = [plainText, "\(name)  \(percent)", name]
        return String((forms.first { $0.count <= room } ?? percent).prefix(room))
    }
}
