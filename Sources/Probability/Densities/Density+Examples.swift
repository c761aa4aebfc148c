public import TensorEngine

extension Density {
    /// Neal's funnel: y ~ Normal(0, 3), x ~ Normal(0, e^(y/2)) in each of some dimensions.
    ///
    /// Source: Neal, "Slice sampling", 2003, section 8.
    public static func funnel(dimensions: Int = 9) -> Density {
        Density([Variable("y"), Variable("x", [dimensions])]) { x in
            Normal(0, 3).logDensity(x["y"]) + Normal(0, (x["y"] / 2).exp()).logDensity(x["x"])
        }
    }

    /// Independent normal numbers of mean 0 and standard deviation 1.
    public static func standardNormal(dimensions: Int) -> Density {
        Density([Variable("x", [dimensions])]) { Normal(0, 1).logDensity($0["x"]) }
    }

    /// Rosenbrock's banana: x ~ Normal(1, √½·√(1/s)), y ~ Normal(x², √½·√(1/(100·s))) with s = 1/20.
    ///
    /// Source: Goodman and Weare, "Ensemble samplers with affine invariance", 2010, equation 27.
    public static var banana: Density {
        Density([Variable("x"), Variable("y")]) { x in
            let (a, b) = (1 - x["x"], x["y"] - x["x"] * x["x"])
            return (a * a + 100 * (b * b)) * (-1 / 20)
        }
    }
}

/// How the target of a regression follows from the features.
public enum RegressionFamily: Sendable {
    /// target ~ Normal(features·weights + intercept, sigma).
    case linear
    /// The log odds of target 1 are features·weights + intercept.
    case logistic
    /// The logarithm of the rate of the count is features·weights + intercept.
    case poisson
}

extension Density {
    /// The weights, the intercept and, where it is linear, the residual deviation `sigma` of a regression.
    ///
    /// Priors, for features and a linear target of standard deviation 1: weights and intercept ~ Normal(0, 2.5), sigma ~
    /// Exponential(1). Source: the defaults of rstanarm (Gabry and Goodrich, "Prior distributions for rstanarm models").
    /// - Parameters:
    ///   - features: [samples, features].
    ///   - targets: [samples]; of a logistic regression 0 or 1, of Poisson's counts.
    public static func regression(_ family: RegressionFamily, features: Tensor, targets: Tensor) -> Density {
        let (count, width) = (features.shape[0], features.shape[1])
        let variables = [Variable("intercept"), Variable("weights", [width])]
        return Density(variables + (family == .linear ? [Variable("sigma", in: .above(0))] : [])) { x in
            let weights = x["weights"]
            let line = features.matrixProduct(weights.reshaped(to: [width, 1])).reshaped(to: [count]) + x["intercept"]
            let prior = Normal(0, 2.5).logDensity(x["intercept"]) + Normal(0, 2.5).logDensity(weights)
            switch family {
            case .linear:
                return prior + Exponential(1).logDensity(x["sigma"]) + Normal(line, x["sigma"]).logDensity(targets)
            case .logistic: return prior + Bernoulli(logits: line).logDensity(targets)
            case .poisson: return prior + Poisson(logRate: line).logDensity(targets)
            }
        }
    }
}
