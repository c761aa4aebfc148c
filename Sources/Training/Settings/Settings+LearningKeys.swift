extension Settings {
    static let optimizerKeys: [SettingKey] = [
        SettingKey(
            "optimizer.name", \.optimizer.name, .choice,
            "update rule; lbfgs, bfgs and newton_cg search along a line with the loss over the whole global batch"),
        SettingKey(
            "optimizer.learning_rate", \.optimizer.learningRate, .number(.zeroOrMore), changesOnResume: true,
            "highest rate of the schedule"),
        SettingKey(
            "optimizer.momentum", \.optimizer.momentum, .number(.belowOne), "momentum of sgd, rmsprop and lars"),
        SettingKey("optimizer.nesterov", \.optimizer.nesterov, .flag, "sgd looks ahead along its momentum"),
        SettingKey(
            "optimizer.weight_decay", \.optimizer.weightDecay, .number(.zeroOrMore),
            "pull of the weights towards zero: decoupled from the gradient in adamw and lion, in the trust ratio of lars "
                + "and lamb; in the others the same as optimizer.l2, unless optimizer.decoupled_decay is true"),
        SettingKey(
            "optimizer.decoupled_decay", \.optimizer.decoupledDecay, .flag,
            "every rule but lars and lamb takes rate · optimizer.weight_decay of a weight from it beside the step, past "
                + "momentum and moments, as adamw and lion always do"),
        SettingKey(
            "optimizer.l1", \.optimizer.l1, .number(.zeroOrMore),
            "L1 penalty on the weights' absolute values: its slope is added to the gradient"),
        SettingKey(
            "optimizer.l2", \.optimizer.l2, .number(.zeroOrMore),
            "L2 penalty on half the weights' squares: its slope, l2 · weight, is added to the gradient, and goes through "
                + "momentum and moments; not decoupled weight decay"),
        SettingKey(
            "optimizer.decay", \.optimizer.decay, .choice, "parameters that weight decay and penalties are for"),
        SettingKey(
            "optimizer.beta1", \.optimizer.beta1, .number(.belowOne),
            "memory of adam, its relatives and lion for the gradient, per step"),
        SettingKey(
            "optimizer.beta2", \.optimizer.beta2, .automatic(.number(.belowOne)),
            "memory of adam and its relatives for the gradient's square, of lion for its momentum, per step; automatic: "
                + "0.999, of lion 0.99"),
        SettingKey(
            "optimizer.epsilon", \.optimizer.epsilon, .automatic(.number(.aboveZero)),
            "added to the divisor; automatic: 1e-8, of adagrad 1e-10, of adadelta and lamb 1e-6"),
        SettingKey(
            "optimizer.smoothing", \.optimizer.smoothing, .number(.belowOne),
            "memory of rmsprop and adadelta for the gradient's square, per step"),
        SettingKey(
            "optimizer.centered", \.optimizer.centered, .flag, "rmsprop divides by the deviation from the mean gradient"
        ),
        SettingKey("optimizer.trust", \.optimizer.trust, .number(.aboveZero), "trust coefficient of lars"),
        SettingKey(
            "optimizer.iterations", \.optimizer.iterations, .whole(atLeast: 1, atMost: 1_000_000),
            "iterations of lbfgs, bfgs and newton_cg on the batch of each step"),
        SettingKey(
            "optimizer.memory", \.optimizer.memory, .whole(atLeast: 1, atMost: 1000),
            "pairs of vectors, each as long as the weights, that lbfgs remembers"),
        SettingKey(
            "optimizer.products", \.optimizer.products, .whole(atLeast: 1, atMost: 1_000_000),
            "most Hessian-vector products for one direction of newton_cg"),
        SettingKey(
            "optimizer.groups", \.optimizer.groups, .rateGroups,
            "factors of the learning rate for parameters by name, such as [head.*=1, features.*=0.1]; a later one wins"),
    ]

    static let scheduleKeys: [SettingKey] = [
        SettingKey("schedule.name", \.schedule.name, .choice, "course of the learning rate"),
        SettingKey(
            "schedule.warmup_steps", \.schedule.warmupSteps, .whole(atLeast: 0),
            "steps over which the rate first rises from zero (warm-up); in a run of no more steps the first half of it"),
        SettingKey(
            "schedule.steps", \.schedule.steps, .automatic(.whole(atLeast: 1)), changesOnResume: true,
            "steps over which polynomial, linear, cosine and one_cycle extend, warm-up included; automatic: those of the "
                + "run. Where a resumed run becomes longer, the new length stretches the schedule and the old one keeps it"
        ),
        SettingKey(
            "schedule.final_fraction", \.schedule.finalFraction, .number(.fraction),
            "rate at the end, as a fraction of the highest; of plateau, the smallest"),
        SettingKey(
            "schedule.factor", \.schedule.factor, .number(.fraction),
            "what the rate of step, exponential, exp_range and plateau is multiplied by"),
        SettingKey(
            "schedule.every", \.schedule.every, .whole(atLeast: 1),
            "steps over which the rate of step, exponential and exp_range falls by the factor"),
        SettingKey(
            "schedule.slope", \.schedule.slope, .number(.zeroOrMore), "growth of inverse_time's divisor, per step"),
        SettingKey("schedule.power", \.schedule.power, .number(.aboveZero), "exponent of polynomial"),
        SettingKey(
            "schedule.period", \.schedule.period, .whole(atLeast: 2),
            "steps of a cycle of triangular, triangular2 and exp_range, and of the first of cosine_restarts"),
        SettingKey(
            "schedule.period_factor", \.schedule.periodFactor, .whole(atLeast: 1, atMost: 1_000_000),
            "growth of each cycle of cosine_restarts over the one before"),
        SettingKey(
            "schedule.low_fraction", \.schedule.lowFraction, .number(.fraction),
            "lowest rate of a cycle, and first of one_cycle, as a fraction of the highest"),
        SettingKey(
            "schedule.rise_fraction", \.schedule.riseFraction, .number(.fraction),
            "part of the run in which the rate of one_cycle rises"),
        SettingKey(
            "schedule.patience", \.schedule.patience, .whole(atLeast: 0),
            "evaluations without a better loss that plateau waits for"),
        SettingKey(
            "schedule.threshold", \.schedule.threshold, .number(.belowOne),
            "what plateau calls better, as a fraction of the best loss"),
        SettingKey(
            "schedule.cooldown", \.schedule.cooldown, .whole(atLeast: 0),
            "evaluations after a reduction that plateau leaves out"),
        SettingKey(
            "schedule.scaling", \.schedule.scaling, .choice,
            "how the rate grows with the global batch: by global_batch / schedule.base_batch (linear), or by its square root"
        ),
        SettingKey(
            "schedule.base_batch", \.schedule.baseBatch, .whole(atLeast: 1),
            "global batch that the learning rate is meant for, when it is scaled"),
    ]

    static let boundKeys: [SettingKey] = [
        SettingKey(
            "clip.value", \.clip.value, .number(.zeroOrMore),
            "largest magnitude of each element of the gradient; 0 = no bound"),
        SettingKey(
            "clip.parameter_norm", \.clip.parameterNorm, .number(.zeroOrMore),
            "largest norm of each parameter's gradient; 0 = no bound"),
        SettingKey(
            "clip.global_norm", \.clip.globalNorm, .number(.zeroOrMore),
            "largest norm of all gradients together; 0 = no bound"),
        SettingKey(
            "average.name", \.average.name, .choice,
            "average of the weights, and of batch normalization's running statistics, that is evaluated in their place: "
                + "exponential moving (ema) or stochastic (swa)"),
        SettingKey("average.decay", \.average.decay, .number(.belowOne), "memory of ema, per step taken in"),
        SettingKey("average.start", \.average.start, .whole(atLeast: 1), "first step that the average takes in"),
        SettingKey(
            "average.every", \.average.every, .whole(atLeast: 1), "steps between those that the average takes in"),
    ]
}
