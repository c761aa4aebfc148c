#if canImport(Glibc)
    import Glibc
#endif

// The C library's functions, under names that do not collide with a module's own.

func sine(_ x: Double) -> Double { sin(x) }
func cosine(_ x: Double) -> Double { cos(x) }
func logarithm(_ x: Double) -> Double { log(x) }
func arcTangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
func tangent(_ x: Double) -> Double { tan(x) }

/// `angle` in [-π, π).
func wrapped(_ angle: Double) -> Double {
    let turns = (angle + .pi).truncatingRemainder(dividingBy: 2 * .pi)
    return (turns < 0 ? turns + 2 * .pi : turns) - .pi
}

extension Double {
    /// The nearest number in `range`.
    func clamped(to range: ClosedRange<Double>) -> Double { min(max(self, range.lowerBound), range.upperBound) }
}
