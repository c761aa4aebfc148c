/// The Page–Hinkley test: detects that the mean of a sequence has changed.
///
/// Source: Page, "Continuous inspection schemes", 1954; two-sided, with the forgetting factor and the defaults of the Python package
/// river.
public struct PageHinkley: Codable, Sendable, Equatable {
    /// What a change must exceed, δ, and the threshold λ of the sums.
    public let tolerance, threshold: Double
    /// The values before any change is looked for.
    public let grace: Int
    /// The factor of a sum at each new value.
    public let forgetting: Double
    private var count = 0
    private var mean = 0.0
    private var (rise, fall) = (0.0, 0.0)
    private var (leastRise, mostFall) = (Double.infinity, -1.0)

    /// A test without values.
    public init(tolerance: Double = 0.005, threshold: Double = 50, grace: Int = 30, forgetting: Double = 0.9999) {
        (self.tolerance, self.threshold, self.grace, self.forgetting) = (tolerance, threshold, grace, forgetting)
    }

    /// Takes the next value in, and returns whether the mean has changed; after that it begins anew.
    public mutating func update(_ value: Double) -> Bool {
        count += 1
        mean += (value - mean) / Double(count)
        rise = forgetting * rise + value - mean - tolerance
        fall = forgetting * fall + value - mean + tolerance
        leastRise = min(leastRise, rise)
        mostFall = max(mostFall, fall)
        guard count >= grace, rise - leastRise > threshold || mostFall - fall > threshold else { return false }
        self = PageHinkley(tolerance: tolerance, threshold: threshold, grace: grace, forgetting: forgetting)
        return true
    }

    private enum CodingKeys: String, CodingKey {
        case tolerance, threshold, grace, forgetting, count, mean, rise, fall, leastRise, mostFall
    }
}
