import Foundation
public import TensorEngine

/// A number or a tensor, as a parameter of a distribution.
public protocol DistributionParameter: Sendable {
    /// As a tensor that broadcasts.
    var tensor: Tensor { get }
}

extension Tensor: DistributionParameter {
    public var tensor: Tensor { self }
}
extension Float: DistributionParameter {
    public var tensor: Tensor { Tensor(self) }
}
extension Double: DistributionParameter {
    public var tensor: Tensor { Tensor(Float(self)) }
}
extension Int: DistributionParameter {
    public var tensor: Tensor { Tensor(Float(self)) }
}

/// A probability distribution of independent numbers.
public protocol Distribution: Sendable {
    /// The sum of the log densities (or log probabilities) of the elements of `x`, a scalar.
    func logDensity(_ x: Tensor) -> Tensor
}

private let halfLogTwoPi = Float(0.5 * Foundation.log(2 * Double.pi))

extension Tensor {
    /// The sum of the elements as if broadcast over those of `x`.
    fileprivate func sum(over x: Tensor) -> Tensor {
        let whole = shape.broadcast(with: x.shape) ?? x.shape
        return sum() * (Float(whole.count) / Float(Swift.max(1, shape.count)))
    }
}

/// The normal distribution of a mean and a standard deviation.
public struct Normal: Distribution {
    private let mean, deviation: Tensor
    public init(_ mean: some DistributionParameter, _ deviation: some DistributionParameter) {
        (self.mean, self.deviation) = (mean.tensor, deviation.tensor)
    }

    // -½((x - μ)/σ)² - ln σ - ½ ln 2π
    public func logDensity(_ x: Tensor) -> Tensor {
        let z = (x - mean) / deviation
        return (z * z).sum() * -0.5 - deviation.log().sum(over: z) - halfLogTwoPi * Float(z.shape.count)
    }
}

/// The positive half of the normal distribution of mean 0.
public struct HalfNormal: Distribution {
    private let deviation: Tensor
    public init(_ deviation: some DistributionParameter) { self.deviation = deviation.tensor }

    public func logDensity(_ x: Tensor) -> Tensor {
        Normal(0, deviation).logDensity(x) + Float(Foundation.log(2.0)) * Float(x.shape.count)
    }
}

/// Student's t distribution of some degrees of freedom, a location and a scale.
public struct StudentT: Distribution {
    private let freedom: Double
    private let location, scale: Tensor
    public init(_ freedom: Double, _ location: some DistributionParameter, _ scale: some DistributionParameter) {
        (self.freedom, self.location, self.scale) = (freedom, location.tensor, scale.tensor)
    }

    // Γ((ν+1)/2) / (Γ(ν/2)·√(νπ)·σ) · (1 + z²/ν)^(-(ν+1)/2)
    public func logDensity(_ x: Tensor) -> Tensor {
        let z = (x - location) / scale
        let constant =
            lgamma((freedom + 1) / 2) - lgamma(freedom / 2) - 0.5 * Foundation.log(freedom * Double.pi)
        return ((z * z) / Float(freedom) + 1).log().sum() * Float(-(freedom + 1) / 2) - scale.log().sum(over: z)
            + Float(constant) * Float(z.shape.count)
    }
}

/// The Cauchy distribution of a location and a scale.
public struct Cauchy: Distribution {
    private let location, scale: Tensor
    public init(_ location: some DistributionParameter, _ scale: some DistributionParameter) {
        (self.location, self.scale) = (location.tensor, scale.tensor)
    }

    // 1 / (π·σ·(1 + z²))
    public func logDensity(_ x: Tensor) -> Tensor {
        let z = (x - location) / scale
        return -(z * z + 1).log().sum() - scale.log().sum(over: z)
            - Float(Foundation.log(Double.pi)) * Float(z.shape.count)
    }
}

/// The positive half of the Cauchy distribution of location 0.
public struct HalfCauchy: Distribution {
    private let scale: Tensor
    public init(_ scale: some DistributionParameter) { self.scale = scale.tensor }

    public func logDensity(_ x: Tensor) -> Tensor {
        Cauchy(0, scale).logDensity(x) + Float(Foundation.log(2.0)) * Float(x.shape.count)
    }
}

/// The exponential distribution of a rate.
public struct Exponential: Distribution {
    private let rate: Tensor
    public init(_ rate: some DistributionParameter) { self.rate = rate.tensor }

    // λ·e^(-λx)
    public func logDensity(_ x: Tensor) -> Tensor { rate.log().sum(over: x) - (x * rate).sum() }
}

/// The gamma distribution of a shape and a rate.
public struct Gamma: Distribution {
    private let shape, rate: Double
    public init(_ shape: Double, _ rate: Double) { (self.shape, self.rate) = (shape, rate) }

    // β^α/Γ(α)·x^(α-1)·e^(-βx)
    public func logDensity(_ x: Tensor) -> Tensor {
        x.log().sum() * Float(shape - 1) - x.sum() * Float(rate)
            + Float(shape * Foundation.log(rate) - lgamma(shape)) * Float(x.shape.count)
    }
}

/// The inverse gamma distribution of a shape and a scale.
public struct InverseGamma: Distribution {
    private let shape, scale: Double
    public init(_ shape: Double, _ scale: Double) { (self.shape, self.scale) = (shape, scale) }

    // β^α/Γ(α)·x^(-α-1)·e^(-β/x)
    public func logDensity(_ x: Tensor) -> Tensor {
        x.log().sum() * Float(-shape - 1) - (Tensor(Float(scale)) / x).sum()
            + Float(shape * Foundation.log(scale) - lgamma(shape)) * Float(x.shape.count)
    }
}

/// The beta distribution.
public struct Beta: Distribution {
    private let alpha, beta: Double
    public init(_ alpha: Double, _ beta: Double) { (self.alpha, self.beta) = (alpha, beta) }

    // Γ(α+β)/(Γ(α)·Γ(β))·x^(α-1)·(1-x)^(β-1)
    public func logDensity(_ x: Tensor) -> Tensor {
        x.log().sum() * Float(alpha - 1) + (1 - x).log().sum() * Float(beta - 1)
            + Float(lgamma(alpha + beta) - lgamma(alpha) - lgamma(beta)) * Float(x.shape.count)
    }
}

/// Zeros and ones, with the log odds of a one.
public struct Bernoulli: Distribution {
    private let logits: Tensor
    public init(logits: some DistributionParameter) { self.logits = logits.tensor }

    // x·η - ln(1 + e^η)
    public func logDensity(_ x: Tensor) -> Tensor { (x * logits).sum() - logits.softplus().sum(over: x) }
}

/// The Poisson distribution, by the logarithm of its rate.
public struct Poisson: Distribution {
    private let logRate: Tensor
    public init(logRate: some DistributionParameter) { self.logRate = logRate.tensor }

    // e^(xη - e^η)/x!
    public func logDensity(_ x: Tensor) -> Tensor {
        let constant = x.detached.values.reduce(0.0) { $0 - lgamma(Double($1) + 1) }
        return (x * logRate).sum() - logRate.exp().sum(over: x) + Float(constant)
    }
}
