#if canImport(Glibc)
    import Glibc
#endif

/// `base` to the power of `exponent`.
func realPower(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
