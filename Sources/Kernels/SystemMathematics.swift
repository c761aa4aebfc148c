#if canImport(Glibc)
    import Glibc
#endif

// The C library's functions under names that do not collide with a module's own.

/// ln x.
package func logarithm(_ x: Double) -> Double { log(x) }

/// eˣ.
package func exponential(_ x: Double) -> Double { exp(x) }

/// sin x and cos x.
package func sineAndCosine(_ x: Double) -> (Double, Double) { (sin(x), cos(x)) }

/// `base` to the power of `exponent`.
package func realPower(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
