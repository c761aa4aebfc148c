import Foundation

/// ADWIN: a window of the newest values of a sequence, which loses its older part where the means of both parts differ by more than
/// chance.
///
/// Source: Bifet and Gavaldà, "Learning from time-changing data with adaptive windowing", 2007, with an exponential histogram
/// (ADWIN2); the bounds and defaults are those of MOA and the Python package river.
public struct AdaptiveWindow: Codable, Sendable, Equatable {
    /// The confidence δ: about how often a change is found where there is none.
    public let confidence: Double
    /// A change is looked for at every so many values, from the first `grace` on.
    public let clock, grace: Int
    /// The buckets of one size, and the values that each part has beyond.
    private let mostBuckets, shortest: Int
    /// Of each size 2^row the buckets, the oldest first.
    private var rows: [[Bucket]] = [[]]
    private var values = 0
    /// The number of values in the window, their sum, and the sum of their squared deviations.
    public private(set) var (count, sum, squares) = (0, 0.0, 0.0)

    private struct Bucket: Codable, Equatable {
        var sum, squares: Double
    }

    /// A window without values.
    public init(confidence: Double = 0.002, clock: Int = 32, grace: Int = 10) {
        (self.confidence, self.clock, self.grace) = (confidence, clock, grace)
        (mostBuckets, shortest) = (5, 5)
    }

    /// The mean of the values in the window; 0 without any.
    public var mean: Double { count > 0 ? sum / Double(count) : 0 }

    /// Whether it can be the state of a window: one that was decoded may have been edited.
    public var isSound: Bool {
        guard confidence > 0, clock > 0, mostBuckets > 1, !rows.isEmpty, rows.count < 48, count >= 0, values >= count,
            values < 1 << 60, sum.isFinite, squares.isFinite
        else { return false }
        return rows.allSatisfy { $0.count <= mostBuckets }
            && rows.enumerated().reduce(0) { $0 + ($1.element.count << $1.offset) } == count
    }

    /// Takes the next value in, and returns whether the window has lost older values.
    public mutating func update(_ value: Double) -> Bool {
        values += 1
        if count > 0 {
            let difference = value - mean
            squares += Double(count) * difference * difference / Double(count + 1)
        }
        count += 1
        sum += value
        rows[0].append(Bucket(sum: value, squares: 0))
        compress()
        guard values % clock == 0, count > grace else { return false }
        var hasChanged = false
        while let _ = cut() {
            removeOldest()
            hasChanged = true
        }
        return hasChanged
    }

    /// Makes one bucket of the two oldest of a size, where there are too many.
    private mutating func compress() {
        var row = 0
        while rows[row].count > mostBuckets {
            if row + 1 == rows.count { rows.append([]) }
            let (a, b) = (rows[row][0], rows[row][1])
            let size = Double(1 << row)
            let difference = (a.sum - b.sum) / size
            rows[row].removeFirst(2)
            rows[row + 1].append(
                Bucket(sum: a.sum + b.sum, squares: a.squares + b.squares + size * difference * difference / 2))
            row += 1
        }
    }

    /// The number of the oldest values whose mean differs from that of the others by more than chance; nil: there is none.
    private func cut() -> Int? {
        let logarithm = log(2 * log(Double(count)) / confidence)
        let variance = squares / Double(count)
        var (older, olderSum) = (0, 0.0)
        for row in rows.indices.reversed() {
            for bucket in rows[row] {
                older += 1 << row
                olderSum += bucket.sum
                let newer = count - older
                guard older > shortest + 1, newer > shortest + 1 else { continue }
                let share = 1 / Double(older - shortest + 1) + 1 / Double(newer - shortest + 1)
                let bound = (2 * share * variance * logarithm).squareRoot() + 2 / 3 * logarithm * share
                if abs(olderSum / Double(older) - (sum - olderSum) / Double(newer)) > bound { return older }
            }
        }
        return nil
    }

    private mutating func removeOldest() {
        guard let row = rows.lastIndex(where: { !$0.isEmpty }) else { return }
        let bucket = rows[row].removeFirst()
        let size = 1 << row
        count -= size
        sum -= bucket.sum
        let difference = bucket.sum / Double(size) - mean
        squares -= bucket.squares + Double(size * count) * difference * difference / Double(size + count)
        squares = max(0, squares)
        while rows.count > 1, rows.last?.isEmpty == true { rows.removeLast() }
    }
}
