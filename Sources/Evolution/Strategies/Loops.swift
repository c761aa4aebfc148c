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
