import TensorEngine

extension Density {
    /// The effects of coaching on test scores in eight schools, each known with an error, with a common mean and spread.
    ///
    /// μ ~ Normal(0, 5), τ ~ HalfCauchy(0, 5), θ ~ Normal(μ, τ), effect ~ Normal(θ, error). Sources: Rubin, "Estimation in
    /// parallel randomized experiments", 1981, table 1; the priors are those of posteriordb's `eight_schools`.
    /// - Parameter isCentered: whether the coordinates are θ, a funnel that is hard to sample; else η = (θ - μ)/τ.
    public static func eightSchools(isCentered: Bool) -> Density {
        let effects = Tensor([28, 8, -3, 7, -1, 1, 18, 12])
        let errors = Tensor([15, 10, 16, 11, 9, 11, 10, 18])
        let common = [Variable("mu"), Variable("tau", in: .above(0))]
        if isCentered {
            return Density(common + [Variable("theta", [8])]) { x in
                Normal(0, 5).logDensity(x["mu"]) + HalfCauchy(5).logDensity(x["tau"])
                    + Normal(x["mu"], x["tau"]).logDensity(x["theta"])
                    + Normal(x["theta"], errors).logDensity(effects)
            }
        }
        return Density(
            common + [Variable("eta", [8])], derived: { x in [("theta", x["mu"] + x["tau"] * x["eta"])] }
        ) { x in
            Normal(0, 5).logDensity(x["mu"]) + HalfCauchy(5).logDensity(x["tau"])
                + Normal(0, 1).logDensity(x["eta"])
                + Normal(x["mu"] + x["tau"] * x["eta"], errors).logDensity(effects)
        }
    }
}
