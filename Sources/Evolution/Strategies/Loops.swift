/// sum += weight · noise.
func add(_ noise: [Float], _ weight: Double, to sum: inout [Double]) {
    noise.withUnsafeBufferPointer { noise in
        sum.withUnsafeMutableBufferPointer { sum in
            for i in sum.indices { sum[i] += weight * Double(noise[i]) }
        }
    }
}

/// sum += weight · (noise² - 1).
func addSquaresLessOne(_ noise: [Float], _ weight: Double, to sum: inout [Double]) {
    noise.withUnsafeBufferPointer { noise in
        sum.withUnsafeMutableBufferPointer { sum in
            for i in sum.indices { sum[i] += weight * (Double(noise[i]) * Double(noise[i]) - 1) }
        }
    }
}

/// `base` to the power of a whole number, by squaring.
func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}
