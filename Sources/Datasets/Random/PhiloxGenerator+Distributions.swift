public import Kernels

extension PhiloxGenerator {
    /// A number in 0..<count, each equally likely; `count` is in 1..<2³².
    ///
    /// Not the standard library's, whose way may change from version to version.
    /// Source: Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (1), 2019.
    public mutating func index(below count: Int) -> Int {
        let bound = UInt32(count)
        while true {
            let product = nextWord().multipliedFullWidth(by: bound)
            // 2³² mod bound of the low halves would favor some results.
            if product.low >= bound || product.low >= (0 &- bound) % bound { return Int(product.high) }
        }
    }

    /// Brings fewer than 2³² elements into an order, each equally likely.
    ///
    /// Source: Durstenfeld, Algorithm 235, Communications of the ACM 7 (7), 1964.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, index(below: last + 1)) }
    }

    /// A number of the distribution Beta(alpha, alpha), alpha above 0: X/(X+Y) with X and Y of Gamma(alpha).
    package mutating func beta(_ alpha: Double) -> Double {
        let (x, y) = (logarithmOfGamma(alpha), logarithmOfGamma(alpha))
        return 1 / (1 + exponential(y - x))
    }

    /// ln of a number of the distribution Gamma(shape, 1): for a small shape the number itself would be 0.
    ///
    /// Source: Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (3), 2000.
    private mutating func logarithmOfGamma(_ shape: Double) -> Double {
        if shape < 1 {
            // Gamma(shape) is Gamma(shape + 1)·U^(1/shape)
            return logarithmOfGamma(shape + 1) + logarithm(positiveUniform()) / shape
        }
        let d = shape - 1 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = (-2 * logarithm(positiveUniform())).squareRoot() * sineAndCosine(2 * .pi * positiveUniform()).1
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if logarithm(positiveUniform()) < 0.5 * x * x + d - d * v + d * logarithm(v) { return logarithm(d * v) }
        }
    }

    /// A number in (0, 1], a multiple of 2⁻³².
    private mutating func positiveUniform() -> Double { (Double(nextWord()) + 1) * 0x1p-32 }
}
