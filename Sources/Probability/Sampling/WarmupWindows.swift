/// The windows of a warm-up: the step size alone, windows of doubling length that each end with a new metric, the step size
/// alone.
///
/// Source: the Stan Reference Manual, "HMC algorithm parameters", automatic parameter tuning.
package struct WarmupWindows {
    /// The iterations, from 1, whose positions the metric is learned of.
    package let learning: ClosedRange<Int>?
    /// The iterations after which the metric is put in place.
    package let ends: Set<Int>

    package init(warmup: Int) {
        guard warmup >= 20 else {
            (learning, ends) = (nil, [])
            return
        }
        var (first, window, last) = (75, 25, 50)
        if first + window + last > warmup {
            (first, last) = (warmup * 15 / 100, warmup / 10)
            window = warmup - first - last
        }
        let end = warmup - last
        var (position, ends): (Int, Set<Int>) = (first, [])
        while position < end {
            // a window after which the next would not fit goes on to the end
            position = position + window + 2 * window > end ? end : position + window
            ends.insert(position)
            window *= 2
        }
        (learning, self.ends) = ((first + 1)...end, ends)
    }
}
