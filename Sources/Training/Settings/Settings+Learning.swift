extension Settings {
    /// How gradients become changes of the weights.
    public struct Optimizer: Sendable, Equatable {
        /// The update rules there are.
        public enum Name: String, Sendable, CaseIterable {
            case sgd, adam, adamw, nadam, radam, adagrad, rmsprop, adadelta, lion, lars, lamb
            case lbfgs, bfgs
            case newtonCG = "newton_cg"

            /// Whether it finds the length of its steps by itself, along a line.
            public var isSecondOrder: Bool { self == .lbfgs || self == .bfgs || self == .newtonCG }
        }

        /// Which parameters weight decay and penalties are for.
        public enum Decayed: String, Sendable, CaseIterable { case all, matrices }

        /// The update rule.
        public var name = Name.sgd
        /// The highest rate of the schedule.
        public var learningRate = 0.05
        /// Momentum of `sgd`, `rmsprop` and `lars`.
        public var momentum = 0.9
        /// Whether `sgd` looks ahead along its momentum.
        public var nesterov = false
        /// Weight decay in the way that is usual for the rule: decoupled in `adamw` and `lion`, in the trust ratio of `lars`
        /// and `lamb`, else an L2 penalty unless `decoupledDecay` is set.
        public var weightDecay = 0.0
        /// Whether weight decay is taken from the weights beside the step in the other rules, too.
        public var decoupledDecay = false
        /// Strength of a penalty on the weights' absolute values.
        public var l1 = 0.0
        /// Strength of a penalty on half the weights' squares, whose slope is part of the gradient.
        public var l2 = 0.0
        /// Which parameters weight decay and penalties are for.
        public var decay = Decayed.all
        /// Memory of `adam`, its relatives and `lion` for the gradient, per step.
        public var beta1 = 0.9
        /// Memory of `adam` and its relatives for the squared gradient, and of `lion` for its momentum, per step; nil stands for
        /// the rule's own.
        public var beta2: Double?
        /// Added to the divisor; nil stands for the rule's own.
        public var epsilon: Double?
        /// Memory of `rmsprop` and `adadelta` for the squared gradient, per step.
        public var smoothing = 0.9
        /// Whether `rmsprop` divides by the deviation from the mean gradient.
        public var centered = false
        /// Trust coefficient of `lars`.
        public var trust = 0.001
        /// Iterations of `lbfgs`, `bfgs` and `newton_cg` on the batch of a step.
        public var iterations = 1
        /// Pairs of vectors that `lbfgs` remembers.
        public var memory = 10
        /// Most Hessian-vector products for one direction of `newton_cg`.
        public var products = 200
        /// Factors of the learning rate for parameters by the pattern of their names; a later one wins.
        public var groups: [RateGroup] = []
    }

    /// Parameters whose learning rate is multiplied by a factor.
    public struct RateGroup: Sendable, Equatable {
        /// The pattern of their names; `*` stands for any characters.
        public var pattern: String
        /// What their rate is multiplied by, at least 0.
        public var factor: Double

        /// The parameters whose names fit `pattern`, and their factor.
        public init(pattern: String, factor: Double) { (self.pattern, self.factor) = (pattern, factor) }
    }

    /// How the learning rate moves over the run.
    public struct Schedule: Sendable, Equatable {
        /// The courses there are.
        public enum Name: String, Sendable, CaseIterable {
            case constant, step, exponential
            case inverseTime = "inverse_time"
            case polynomial, linear, cosine
            case cosineRestarts = "cosine_restarts"
            case oneCycle = "one_cycle"
            case triangular, triangular2
            case expRange = "exp_range"
            case plateau
        }

        /// How the rate depends on the size of the global batch.
        public enum Scaling: String, Sendable, CaseIterable {
            case none, linear
            case squareRoot = "square_root"
        }

        /// The course.
        public var name = Name.constant
        /// Steps over which the rate first rises from zero.
        public var warmupSteps = 0
        /// Steps over which the schedule extends; nil stands for those of the run.
        public var steps: Int?
        /// Rate at the end, as a fraction of the highest; with `plateau` the smallest.
        public var finalFraction = 0.0
        /// What the rate is multiplied by, of `step`, `exponential`, `exp_range` and `plateau`.
        public var factor = 0.1
        /// Steps over which the rate falls by `factor`, but of `plateau`.
        public var every = 1000
        /// Growth of the divisor per step, of `inverse_time`.
        public var slope = 0.001
        /// Exponent of `polynomial`.
        public var power = 2.0
        /// Steps of a cycle; of `cosine_restarts`, of the first.
        public var period = 1000
        /// Growth of each cycle over the one before, of `cosine_restarts`.
        public var periodFactor = 1
        /// Lowest rate of a cycle, as a fraction of the highest; of `one_cycle`, the first.
        public var lowFraction = 0.04
        /// Part of the run in which the rate of `one_cycle` rises.
        public var riseFraction = 0.3
        /// Evaluations without a better loss that `plateau` waits for.
        public var patience = 2
        /// What `plateau` calls better, as a fraction of the best loss.
        public var threshold = 1e-4
        /// Evaluations after a reduction that `plateau` leaves out.
        public var cooldown = 0
        /// How the rate depends on the size of the global batch.
        public var scaling = Scaling.none
        /// The global batch for which the learning rate is meant, when it is scaled.
        public var baseBatch = 256
    }

    /// Bounds on the gradients.
    public struct Clip: Sendable, Equatable {
        /// Largest magnitude of each element; 0 stands for no bound.
        public var value = 0.0
        /// Largest norm of each parameter's gradient; 0 stands for no bound.
        public var parameterNorm = 0.0
        /// Largest norm of all gradients together; 0 stands for no bound.
        public var globalNorm = 0.0
    }

    /// What is evaluated in place of the weights.
    public struct Average: Sendable, Equatable {
        /// The averages there are: none, exponential moving, stochastic. Batch normalization's running statistics are averaged
        /// as the weights are, not computed anew over the training data.
        public enum Name: String, Sendable, CaseIterable { case none, ema, swa }

        /// The average.
        public var name = Name.none
        /// Memory of `ema`, per step that it takes in.
        public var decay = 0.999
        /// The first step that is taken in.
        public var start = 1
        /// Steps between those that are taken in.
        public var every = 1
    }
}
