import ActingRecipes
import DataParallel
import Datasets
import Environments
import EvolutionRecipes
import Layers
import LearningRecipes
import Optimizers
import Recipes
import SamplingRecipes
import Settings
import Training

/// A setting: its default, another value as text and as a program assigns it, and whether a resumed run may change it.
struct SettingRow: Sendable {
    let name, usual, example: String
    /// The optimizer with which it is used.
    let optimizer: String?
    let isResumable: Bool
    let assign: @Sendable (inout Settings) -> Void

    init(
        _ name: String, _ usual: String, _ example: String, optimizer: String? = nil, resumable: Bool = false,
        assign: @escaping @Sendable (inout Settings) -> Void
    ) {
        (self.name, self.usual, self.example, self.optimizer) = (name, usual, example, optimizer)
        (isResumable, self.assign) = (resumable, assign)
    }

    /// The defaults, with the optimizer that uses the setting.
    func defaults() throws -> Settings {
        var settings = Settings(RecipeCatalog.all.settings)
        if let optimizer { try settings.apply([("optimizer.name", optimizer)], source: "test") }
        return settings
    }
}

/// All settings, in the order of lists.
let settingRows: [SettingRow] = [
    SettingRow("recipe", "", "digits") { $0.recipe = "digits" },
    SettingRow("seed", "1", "18446744073709551615") { $0.seed = .max },
    SettingRow("epochs", "10", "3", resumable: true) { $0.epochs = 3 },
    SettingRow("steps", "none", "1000", resumable: true) { $0.steps = 1000 },
    SettingRow("global_batch", "128", "96") { $0.globalBatch = 96 },
    SettingRow("shards", "0", "6") { $0.shards = 6 },
    SettingRow("threads", "1", "2", resumable: true) { $0.threads = 2 },
    SettingRow("data.path", "none", "/data/my digits: #1 \"new\"\n\u{e9}", resumable: true) {
        $0.data.path = "/data/my digits: #1 \"new\"\n\u{e9}"
    },
    SettingRow("data.test_path", "none", "test.csv", resumable: true) { $0.data.testPath = "test.csv" },
    SettingRow("data.test_fraction", "0.1", "0.25") { $0.data.testFraction = 0.25 },
    SettingRow("augment.resized_crop", "1", "0.08") { $0.augment.resizedCrop = 0.08 },
    SettingRow("augment.rotation", "0", "15") { $0.augment.rotation = 15 },
    SettingRow("augment.brightness", "0", "0.4") { $0.augment.brightness = 0.4 },
    SettingRow("augment.contrast", "0", "0.4") { $0.augment.contrast = 0.4 },
    SettingRow("augment.saturation", "0", "0.4") { $0.augment.saturation = 0.4 },
    SettingRow("augment.hue", "0", "0.1") { $0.augment.hue = 0.1 },
    SettingRow("augment.flip", "0", "0.5") { $0.augment.flip = 0.5 },
    SettingRow("augment.crop_padding", "0", "4") { $0.augment.cropPadding = 4 },
    SettingRow("augment.shift", "0", "0.1") { $0.augment.shift = 0.1 },
    SettingRow("augment.cutout", "0", "8") { $0.augment.cutout = 8 },
    SettingRow("augment.noise", "0", "0.05") { $0.augment.noise = 0.05 },
    SettingRow("augment.mixup", "0", "0.2") { $0.augment.mixup = 0.2 },
    SettingRow("loss.name", "cross-entropy", "focal") { $0.loss.name = .focal },
    SettingRow("loss.alpha", "0.1", "6") { $0.loss.alpha = 6 },
    SettingRow("loss.beta", "1", "0.1") { $0.loss.beta = 0.1 },
    SettingRow("loss.exponent", "0.7", "0.5") { $0.loss.exponent = 0.5 },
    SettingRow("loss.label_weight", "0.8", "0.95") { $0.loss.labelWeight = 0.95 },
    SettingRow("loss.gamma", "2", "5") { $0.loss.gamma = 5 },
    SettingRow("loss.class_weights", "none", "balanced") { $0.loss.classWeights = .balanced },
    SettingRow("loss.balanced_sampling", "false", "true") { $0.loss.balancedSampling = true },
    SettingRow("images.size", "[]", "[96, 128]") { $0.images.size = [96, 128] },
    SettingRow("images.resize", "automatic", "300") { $0.images.resize = 300 },
    SettingRow("images.fit", "crop", "stretch") { $0.images.fit = .stretch },
    SettingRow("images.channels", "automatic", "gray") { $0.images.channels = .gray },
    SettingRow("images.training_crop", "center", "random") { $0.images.trainingCrop = .random },
    SettingRow("images.normalize", "training", "imagenet") { $0.images.normalize = .imagenet },
    SettingRow("images.damaged", "stop", "skip", resumable: true) { $0.images.damaged = .skip },
    SettingRow("images.cache", "1024", "0", resumable: true) { $0.images.cache = 0 },
    SettingRow("images.threads", "automatic", "3", resumable: true) { $0.images.threads = 3 },
    SettingRow("csv.target", "none", "price") { $0.csv.target = "price" },
    SettingRow("csv.task", "automatic", "regression") { $0.csv.task = .regression },
    SettingRow("csv.ignore", "none", "id,date") { $0.csv.ignore = ["id", "date"] },
    SettingRow("csv.weight", "none", "share") { $0.csv.weight = "share" },
    SettingRow("csv.types", "none", "zip=category,\"a, b=number\"") {
        $0.csv.types = [.init(column: "zip", type: "category"), .init(column: "a, b", type: "number")]
    },
    SettingRow("csv.separator", "comma", "tab") { $0.csv.separator = .tab },
    SettingRow("csv.header", "automatic", "false") { $0.csv.header = .no },
    SettingRow("csv.decimal", "point", "comma") { $0.csv.decimal = .comma },
    SettingRow("csv.thousands", "none", "point") { $0.csv.thousands = .point },
    SettingRow("csv.missing", "none", "-999,\"none\"") { $0.csv.missing = ["-999", "none"] },
    SettingRow("csv.usual_missing", "true", "false") { $0.csv.usualMissing = false },
    SettingRow("stream.follow", "false", "true", resumable: true) { $0.stream.follow = true },
    SettingRow("stream.idle_seconds", "0", "60", resumable: true) { $0.stream.idleSeconds = 60 },
    SettingRow("stream.head_rows", "1000", "200") { $0.stream.headRows = 200 },
    SettingRow("stream.example", "none", "head.csv", resumable: true) { $0.stream.example = "head.csv" },
    SettingRow("stream.detector", "adwin", "page_hinkley") { $0.stream.detector = .pageHinkley },
    SettingRow("stream.confidence", "0.002", "0.01") { $0.stream.confidence = 0.01 },
    SettingRow("stream.threshold", "50", "10") { $0.stream.threshold = 10 },
    SettingRow("stream.fading", "0.999", "0.99") { $0.stream.fading = 0.99 },
    SettingRow("arrays.inputs", "none", "features") { $0.arrays.inputs = "features" },
    SettingRow("arrays.targets", "none", "labels") { $0.arrays.targets = "labels" },
    SettingRow("arrays.task", "automatic", "classification") { $0.arrays.task = .classification },
    SettingRow("arrays.channels", "last", "first") { $0.arrays.channels = .first },
    SettingRow("arrays.standardize", "true", "false") { $0.arrays.standardize = false },
    SettingRow("audio.pattern", "none", "{label}_*") { $0.audio.pattern = "{label}_*" },
    SettingRow("audio.test", "none", "*_[0-4].wav") { $0.audio.test = "*_[0-4].wav" },
    SettingRow("audio.seconds", "none", "1.5") { $0.audio.seconds = 1.5 },
    SettingRow("audio.window", "25", "32") { $0.audio.window = 32 },
    SettingRow("audio.hop", "10", "12.5") { $0.audio.hop = 12.5 },
    SettingRow("audio.bands", "40", "64") { $0.audio.bands = 64 },
    SettingRow("audio.shift", "true", "false") { $0.audio.shift = false },
    SettingRow("audio.time_mask", "10", "20") { $0.audio.timeMask = 20 },
    SettingRow("audio.band_mask", "6", "0") { $0.audio.bandMask = 0 },
    SettingRow("text.tokens", "characters", "words") { $0.text.tokens = .words },
    SettingRow("text.tokenizer", "none", "/data/tokenizer.json") { $0.text.tokenizer = "/data/tokenizer.json" },
    SettingRow("text.vocabulary", "20000", "500") { $0.text.vocabulary = 500 },
    SettingRow("translation.label_smoothing", "0", "0.1") { $0.translation.labelSmoothing = 0.1 },
    SettingRow("translation.beam", "4", "7", resumable: true) { $0.translation.beam = 7 },
    SettingRow("translation.length_penalty", "0.6", "1.5", resumable: true) { $0.translation.lengthPenalty = 1.5 },
    SettingRow("masking.fraction", "0.15", "0.3") { $0[MaskingSettings.self].fraction = 0.3 },
    SettingRow("masking.mask", "0.8", "0.5") { $0[MaskingSettings.self].mask = 0.5 },
    SettingRow("masking.random", "0.1", "0") { $0[MaskingSettings.self].random = 0 },
    SettingRow("gan.noise", "100", "32") { $0[GANSettings.self].noise = 32 },
    SettingRow("gan.loss", "non_saturating", "wgan_gp") { $0[GANSettings.self].loss = .wassersteinGradientPenalty },
    SettingRow("gan.real_label", "1", "0.9") { $0[GANSettings.self].realLabel = 0.9 },
    SettingRow("gan.penalty", "10", "0.1") { $0[GANSettings.self].penalty = 0.1 },
    SettingRow("gan.critic_steps", "1", "5") { $0[GANSettings.self].criticSteps = 5 },
    SettingRow("gan.discriminator_rate", "1", "0.5") { $0[GANSettings.self].discriminatorRate = 0.5 },
    SettingRow("gan.spectral_norm", "false", "true") { $0[GANSettings.self].spectralNormalization = true },
    SettingRow("gan.conditional", "false", "true") { $0[GANSettings.self].isConditional = true },
    SettingRow("gan.classifier", "none", "runs/judge", resumable: true) {
        $0[GANSettings.self].classifier = "runs/judge"
    },
    SettingRow("gan.samples", "64", "0", resumable: true) { $0[GANSettings.self].samples = 0 },
    SettingRow("autoencoder.code", "20", "2") { $0[AutoencoderSettings.self].code = 2 },
    SettingRow("autoencoder.likelihood", "bernoulli", "gaussian") {
        $0[AutoencoderSettings.self].likelihood = .gaussian
    },
    SettingRow("autoencoder.deviation", "0.2", "0.1") { $0[AutoencoderSettings.self].deviation = 0.1 },
    SettingRow("autoencoder.beta", "1", "4") { $0[AutoencoderSettings.self].beta = 4 },
    SettingRow("autoencoder.corruption", "0.3", "0.5") { $0[AutoencoderSettings.self].corruption = 0.5 },
    SettingRow("autoencoder.sparsity", "0.5", "2") { $0[AutoencoderSettings.self].sparsity = 2 },
    SettingRow("self_supervised.crop", "0.25", "0.5") { $0[SelfSupervisedSettings.self].crop = 0.5 },
    SettingRow("self_supervised.flip", "0.5", "0") { $0[SelfSupervisedSettings.self].flip = 0 },
    SettingRow("self_supervised.jitter", "0.4", "0.8") { $0[SelfSupervisedSettings.self].jitter = 0.8 },
    SettingRow("self_supervised.projection", "64", "128") { $0[SelfSupervisedSettings.self].projection = 128 },
    SettingRow("self_supervised.temperature", "0.5", "0.1") { $0[SelfSupervisedSettings.self].temperature = 0.1 },
    SettingRow("self_supervised.teacher_momentum", "0.99", "0.9") {
        $0[SelfSupervisedSettings.self].teacherMomentum = 0.9
    },
    SettingRow("self_supervised.probe_samples", "10000", "500", resumable: true) {
        $0[SelfSupervisedSettings.self].probeSamples = 500
    },
    SettingRow("self_supervised.neighbors", "20", "5", resumable: true) {
        $0[SelfSupervisedSettings.self].neighbors = 5
    },
    SettingRow("meta.tasks", "25000", "100") { $0.meta.tasks = 100 },
    SettingRow("meta.test_tasks", "600", "50") { $0.meta.testTasks = 50 },
    SettingRow("meta.shots", "10", "5") { $0.meta.shots = 5 },
    SettingRow("meta.queries", "10", "15") { $0.meta.queries = 15 },
    SettingRow("meta.inner_steps", "1", "5") { $0.meta.innerSteps = 5 },
    SettingRow("meta.inner_rate", "0.01", "0.001") { $0.meta.innerRate = 0.001 },
    SettingRow("meta.ways", "5", "2") { $0.meta.ways = 2 },
    SettingRow("meta.training_ways", "none", "20") { $0.meta.trainingWays = 20 },
    SettingRow("meta.held_out", "[5, 6, 7, 8, 9]", "[1, 3]") { $0.meta.heldOut = [1, 3] },
    SettingRow("meta.rotations", "true", "false") { $0.meta.hasRotations = false },
    SettingRow("forward_forward.threshold", "2", "1.5") { $0[ForwardForwardSettings.self].threshold = 1.5 },
    SettingRow("spiking.steps", "25", "10") { $0[SpikingSettings.self].steps = 10 },
    SettingRow("spiking.decay", "0.95", "0.9") { $0[SpikingSettings.self].decay = 0.9 },
    SettingRow("spiking.coding", "constant", "latency") { $0[SpikingSettings.self].coding = .latency },
    SettingRow("continual.sequence", "split", "permuted") { $0[ContinualSettings.self].sequence = .permuted },
    SettingRow("continual.tasks", "5", "2") { $0[ContinualSettings.self].tasks = 2 },
    SettingRow("continual.scenario", "domain", "class") { $0[ContinualSettings.self].scenario = .classes },
    SettingRow("continual.task_steps", "2000", "10") { $0[ContinualSettings.self].taskSteps = 10 },
    SettingRow("continual.strength", "1", "100") { $0[ContinualSettings.self].strength = 100 },
    SettingRow("continual.fisher_samples", "2000", "0") { $0[ContinualSettings.self].fisherSamples = 0 },
    SettingRow("continual.damping", "0.1", "0.01") { $0[ContinualSettings.self].damping = 0.01 },
    SettingRow("continual.memory", "2000", "100") { $0[ContinualSettings.self].memory = 100 },
    SettingRow("domain.shift", "background", "inverted") { $0.domain.shift = .inverted },
    SettingRow("domain.texture", "1", "0") { $0.domain.texture = 0 },
    SettingRow("domain.weight", "1", "0.1") { $0.domain.weight = 0.1 },
    SettingRow("domain.rise", "10", "5") { $0.domain.rise = 5 },
    SettingRow("distillation.teacher", "none", "runs/teacher", resumable: true) {
        $0[DistillationSettings.self].teacher = "runs/teacher"
    },
    SettingRow("distillation.temperature", "4", "2") { $0[DistillationSettings.self].temperature = 2 },
    SettingRow("distillation.alpha", "0.9", "0.5") { $0[DistillationSettings.self].alpha = 0.5 },
    SettingRow("ode.solver", "dopri5", "rk4") { $0[ODESettings.self].solver = .rk4 },
    SettingRow("ode.gradient", "solver", "adjoint") { $0[ODESettings.self].gradient = .adjoint },
    SettingRow("ode.steps", "4", "10") { $0[ODESettings.self].steps = 10 },
    SettingRow("ode.tolerance", "0.0001", "0.001") { $0[ODESettings.self].tolerance = 0.001 },
    SettingRow("ode.trajectories", "2000", "100") { $0[ODESettings.self].trajectories = 100 },
    SettingRow("ode.test_trajectories", "500", "50") { $0[ODESettings.self].testTrajectories = 50 },
    SettingRow("ode.points", "10", "20") { $0[ODESettings.self].points = 20 },
    SettingRow("ode.noise", "0", "0.1") { $0[ODESettings.self].noise = 0.1 },
    SettingRow("sorting.elements", "5", "3") { $0[SortingSettings.self].elements = 3 },
    SettingRow("sorting.temperature", "1", "0.5") { $0[SortingSettings.self].temperature = 0.5 },
    SettingRow("sorting.sets", "20000", "100") { $0[SortingSettings.self].sets = 100 },
    SettingRow("sorting.test_sets", "1000", "50") { $0[SortingSettings.self].testSets = 50 },
    SettingRow("nuts.chains", "4", "8") { $0.nuts.chains = 8 },
    SettingRow("nuts.iterations", "50", "100") { $0.nuts.iterations = 100 },
    SettingRow("nuts.warmup", "1000", "500") { $0.nuts.warmup = 500 },
    SettingRow("nuts.sampler", "nuts", "hmc") { $0.nuts.sampler = .hmc },
    SettingRow("nuts.max_depth", "10", "8") { $0.nuts.maxDepth = 8 },
    SettingRow("nuts.leapfrog_steps", "10", "20") { $0.nuts.leapfrogSteps = 20 },
    SettingRow("nuts.target_acceptance", "0.8", "0.95") { $0.nuts.targetAcceptance = 0.95 },
    SettingRow("nuts.mass_matrix", "diagonal", "dense") { $0.nuts.massMatrix = .dense },
    SettingRow("bayes.prior", "1", "0.5") { $0.bayes.prior = 0.5 },
    SettingRow("bayes.kl_weight", "1", "0.1") { $0.bayes.klWeight = 0.1 },
    SettingRow("bayes.initial_deviation", "0.02", "0.05") { $0.bayes.initialDeviation = 0.05 },
    SettingRow("bayes.draws", "20", "50") { $0.bayes.draws = 50 },
    SettingRow("bayes.members", "5", "3") { $0.bayes.members = 3 },
    SettingRow("bayes.burn_in", "1000", "200") { $0.bayes.burnIn = 200 },
    SettingRow("bayes.thinning", "100", "10") { $0.bayes.thinning = 10 },
    SettingRow("bayes.rank", "20", "10") { $0.bayes.rank = 10 },
    SettingRow("bayes.fit_every", "0", "500") { $0.bayes.fitEvery = 500 },
    SettingRow("bayes.noise", "0", "0.3") { $0.bayes.noise = 0.3 },
    SettingRow("quantum.qubits", "6", "4") { $0.quantum.qubits = 4 },
    SettingRow("quantum.layers", "3", "2") { $0.quantum.layers = 2 },
    SettingRow("quantum.ansatz", "excitation", "layers") { $0.quantum.ansatz = .layers },
    SettingRow("acting.environment", "cartpole", "mountain-car") { $0.acting.environment = .mountainCar },
    SettingRow("acting.environments", "8", "64") { $0.acting.environments = 64 },
    SettingRow("acting.rollout", "32", "128") { $0.acting.rollout = 128 },
    SettingRow("acting.updates", "20", "4") { $0.acting.updates = 4 },
    SettingRow("acting.iterations", "39", "10") { $0.acting.iterations = 10 },
    SettingRow("acting.discount", "0.99", "0.9") { $0.acting.discount = 0.9 },
    SettingRow("acting.time_limit", "0", "50") { $0.acting.timeLimit = 50 },
    SettingRow("acting.test_episodes", "100", "20") { $0.acting.testEpisodes = 20 },
    SettingRow("acting.frames", "24", "0", resumable: true) { $0.acting.frames = 0 },
    SettingRow("tabular.exploration", "0.1", "0.3", resumable: true) { $0[TabularSettings.self].exploration = 0.3 },
    SettingRow("tabular.trace_decay", "0", "0.8") { $0[TabularSettings.self].traceDecay = 0.8 },
    SettingRow("tabular.steps", "1", "4") { $0[TabularSettings.self].steps = 4 },
    SettingRow("tabular.initial", "0", "0.5") { $0[TabularSettings.self].initial = 0.5 },
    SettingRow("policy.gae_lambda", "0.95", "0.9") { $0[PolicyGradientSettings.self].gaeLambda = 0.9 },
    SettingRow("policy.clip", "0.2", "0.1") { $0[PolicyGradientSettings.self].clip = 0.1 },
    SettingRow("policy.value_coefficient", "0.5", "1") { $0[PolicyGradientSettings.self].valueCoefficient = 1 },
    SettingRow("policy.entropy_coefficient", "0", "0.01") {
        $0[PolicyGradientSettings.self].entropyCoefficient = 0.01
    },
    SettingRow("policy.normalize_advantages", "true", "false") {
        $0[PolicyGradientSettings.self].normalizesAdvantages = false
    },
    SettingRow("replay.capacity", "100000", "5000") { $0[ReplaySettings.self].capacity = 5000 },
    SettingRow("replay.warmup", "1000", "0") { $0[ReplaySettings.self].warmup = 0 },
    SettingRow("replay.priority", "0", "0.6") { $0[ReplaySettings.self].priority = 0.6 },
    SettingRow("replay.importance", "0.4", "1") { $0[ReplaySettings.self].importance = 1 },
    SettingRow("dqn.double", "true", "false") { $0[DQNSettings.self].isDouble = false },
    SettingRow("dqn.dueling", "false", "true") { $0[DQNSettings.self].isDueling = true },
    SettingRow("dqn.target_every", "64", "10") { $0[DQNSettings.self].targetEvery = 10 },
    SettingRow("dqn.tau", "1", "0.005") { $0[DQNSettings.self].tau = 0.005 },
    SettingRow("dqn.huber", "0", "1") { $0[DQNSettings.self].huber = 1 },
    SettingRow("dqn.exploration_start", "1", "0.5") { $0[DQNSettings.self].explorationStart = 0.5 },
    SettingRow("dqn.exploration_end", "0.04", "0.01") { $0[DQNSettings.self].explorationEnd = 0.01 },
    SettingRow("dqn.exploration_steps", "8000", "100") { $0[DQNSettings.self].explorationSteps = 100 },
    SettingRow("sac.tau", "0.005", "0.01") { $0[SACSettings.self].tau = 0.01 },
    SettingRow("sac.entropy_coefficient", "0", "0.2") { $0[SACSettings.self].entropyCoefficient = 0.2 },
    SettingRow("sac.exploration_noise", "0.1", "0.3") { $0[SACSettings.self].explorationNoise = 0.3 },
    SettingRow("sac.target_noise", "0.2", "0") { $0[SACSettings.self].targetNoise = 0 },
    SettingRow("sac.noise_clip", "0.5", "1") { $0[SACSettings.self].noiseClip = 1 },
    SettingRow("sac.actor_every", "2", "1") { $0[SACSettings.self].actorEvery = 1 },
    SettingRow("bandit.rounds", "10000", "500") { $0[BanditSettings.self].rounds = 500 },
    SettingRow("bandit.test_rounds", "2000", "100") { $0[BanditSettings.self].testRounds = 100 },
    SettingRow("bandit.arms", "10", "4") { $0[BanditSettings.self].arms = 4 },
    SettingRow("bandit.context", "8", "1") { $0[BanditSettings.self].context = 1 },
    SettingRow("bandit.noise", "0.1", "1") { $0[BanditSettings.self].noise = 1 },
    SettingRow("bandit.exploration", "0.1", "0.3") { $0[BanditSettings.self].exploration = 0.3 },
    SettingRow("bandit.width", "1", "0.5") { $0[BanditSettings.self].width = 0.5 },
    SettingRow("evolution.task", "environment", "rastrigin") { $0.evolution.task = .rastrigin },
    SettingRow("evolution.population", "0", "32") { $0.evolution.population = 32 },
    SettingRow("evolution.sigma", "0.5", "0.1") { $0.evolution.sigma = 0.1 },
    SettingRow("evolution.episodes", "1", "4") { $0.evolution.episodes = 4 },
    SettingRow("evolution.dimension", "10", "40") { $0.evolution.dimension = 40 },
    SettingRow("evolution.start", "1", "3") { $0.evolution.start = 3 },
    SettingRow("neat.compatibility_threshold", "3", "4") { $0[NEATSettings.self].compatibilityThreshold = 4 },
    SettingRow("neat.stagnation", "15", "20") { $0[NEATSettings.self].stagnation = 20 },
    SettingRow("neat.link_mutation", "0.3", "0.05") { $0[NEATSettings.self].linkMutation = 0.05 },
    SettingRow("neat.node_mutation", "0.03", "0.1") { $0[NEATSettings.self].nodeMutation = 0.1 },
    SettingRow("neat.weight_mutation", "0.8", "0.5") { $0[NEATSettings.self].weightMutation = 0.5 },
    SettingRow("neat.weight_power", "2.5", "1") { $0[NEATSettings.self].weightPower = 1 },
    SettingRow("neat.survivors", "0.2", "0.4") { $0[NEATSettings.self].survivors = 0.4 },
    SettingRow("neat.link_limit", "200", "50") { $0[NEATSettings.self].linkLimit = 50 },
    SettingRow("model.name", "mlp", "cnn") { $0.model.name = "cnn" },
    SettingRow("model.hidden", "[512, 256]", "[64, 32, 16]") { $0.model.hidden = [64, 32, 16] },
    SettingRow("model.activation", "relu", "gelu") { $0.model.activation = .gelu },
    SettingRow("model.connections", "plain", "dense") { $0.model.connections = .dense },
    SettingRow("model.dropout", "0", "0.25") { $0.model.dropout = 0.25 },
    SettingRow("model.layers", "4", "6") { $0.model.layers = 6 },
    SettingRow("model.heads", "4", "2") { $0.model.heads = 2 },
    SettingRow("model.width", "128", "96") { $0.model.width = 96 },
    SettingRow("model.context", "64", "33") { $0.model.context = 33 },
    SettingRow("model.recompute", "false", "true", resumable: true) { $0.model.recompute = true },
    SettingRow("model.batch_norm", "shard", "synchronized") { $0.model.batchNorm = .synchronized },
    SettingRow("transfer.from", "none", "runs/first") { $0.transfer.from = "runs/first" },
    SettingRow("transfer.skip", "[]", "[head.*]") { $0.transfer.skip = ["head.*"] },
    SettingRow("transfer.layout", "automatic", "pytorch") { $0.transfer.layout = .pytorch },
    SettingRow("freeze", "[]", "[*.bias, features.0.weight]") { $0.freeze = ["*.bias", "features.0.weight"] },
    SettingRow("optimizer.name", "sgd", "adamw") { $0.optimizer.name = "adamw" },
    SettingRow("optimizer.learning_rate", "0.001", "0.003", resumable: true) { $0.optimizer.learningRate = 0.003 },
    SettingRow("optimizer.weight_decay", "0", "0.0001") { $0.optimizer.weightDecay = 0.0001 },
    SettingRow("optimizer.decoupled_decay", "false", "true") { $0.optimizer.decoupledDecay = true },
    SettingRow("optimizer.l1", "0", "0.01") { $0.optimizer.l1 = 0.01 },
    SettingRow("optimizer.l2", "0", "0.02") { $0.optimizer.l2 = 0.02 },
    SettingRow("optimizer.decay", "all", "matrices") { $0.optimizer.decay = .matrices },
    SettingRow("optimizer.groups", "[]", "[head.*=1, *=0.25]") {
        $0.optimizer.groups = [.init(pattern: "head.*", factor: 1), .init(pattern: "*", factor: 0.25)]
    },
    SettingRow("optimizer.momentum", "0", "0.8", optimizer: "sgd") { $0[SGDSettings.self].momentum = 0.8 },
    SettingRow("optimizer.nesterov", "false", "true", optimizer: "sgd") { $0[SGDSettings.self].nesterov = true },
    SettingRow("optimizer.beta1", "0.9", "0.85", optimizer: "adam") { $0[AdamSettings.self].beta1 = 0.85 },
    SettingRow("optimizer.beta2", "0.999", "0.99", optimizer: "adam") { $0[AdamSettings.self].beta2 = 0.99 },
    SettingRow("optimizer.epsilon", "1e-08", "1e-06", optimizer: "adam") { $0[AdamSettings.self].epsilon = 1e-6 },
    SettingRow("optimizer.alpha", "0.99", "0.95", optimizer: "rmsprop") { $0[RMSPropSettings.self].alpha = 0.95 },
    SettingRow("optimizer.centered", "false", "true", optimizer: "rmsprop") {
        $0[RMSPropSettings.self].centered = true
    },
    SettingRow("optimizer.rho", "0.9", "0.95", optimizer: "adadelta") { $0[AdadeltaSettings.self].rho = 0.95 },
    SettingRow("optimizer.trust_coefficient", "0.001", "0.02", optimizer: "lars") {
        $0[LARSSettings.self].trustCoefficient = 0.02
    },
    SettingRow("optimizer.iterations", "1", "4", optimizer: "lbfgs") { $0[LBFGSSettings.self].iterations = 4 },
    SettingRow("optimizer.history_size", "10", "7", optimizer: "lbfgs") { $0[LBFGSSettings.self].historySize = 7 },
    SettingRow("optimizer.cg_iterations", "200", "30", optimizer: "newton_cg") {
        $0[NewtonCGSettings.self].cgIterations = 30
    },
    SettingRow("schedule.name", "constant", "cosine") { $0.schedule.name = .cosine },
    SettingRow("schedule.warmup_steps", "0", "20") { $0.schedule.warmupSteps = 20 },
    SettingRow("schedule.steps", "automatic", "2000", resumable: true) { $0.schedule.steps = 2000 },
    SettingRow("schedule.final_fraction", "0", "0.1") { $0.schedule.finalFraction = 0.1 },
    SettingRow("schedule.factor", "0.1", "0.5") { $0.schedule.factor = 0.5 },
    SettingRow("schedule.every", "1000", "300") { $0.schedule.every = 300 },
    SettingRow("schedule.slope", "0.001", "0.02") { $0.schedule.slope = 0.02 },
    SettingRow("schedule.power", "2", "1.5") { $0.schedule.power = 1.5 },
    SettingRow("schedule.period", "1000", "40") { $0.schedule.period = 40 },
    SettingRow("schedule.period_factor", "1", "2") { $0.schedule.periodFactor = 2 },
    SettingRow("schedule.low_fraction", "0.04", "0.2") { $0.schedule.lowFraction = 0.2 },
    SettingRow("schedule.rise_fraction", "0.3", "0.4") { $0.schedule.riseFraction = 0.4 },
    SettingRow("schedule.patience", "2", "7") { $0.schedule.patience = 7 },
    SettingRow("schedule.threshold", "0.0001", "0.001") { $0.schedule.threshold = 0.001 },
    SettingRow("schedule.cooldown", "0", "3") { $0.schedule.cooldown = 3 },
    SettingRow("schedule.scaling", "none", "linear") { $0.schedule.scaling = .linear },
    SettingRow("schedule.base_batch", "256", "64") { $0.schedule.baseBatch = 64 },
    SettingRow("clip.value", "0", "2.5") { $0.clip.value = 2.5 },
    SettingRow("clip.parameter_norm", "0", "0.75") { $0.clip.parameterNorm = 0.75 },
    SettingRow("clip.global_norm", "0", "1.5") { $0.clip.globalNorm = 1.5 },
    SettingRow("average.name", "none", "swa") { $0.average.name = .swa },
    SettingRow("average.decay", "0.999", "0.9") { $0.average.decay = 0.9 },
    SettingRow("average.start", "1", "50") { $0.average.start = 50 },
    SettingRow("average.every", "1", "5") { $0.average.every = 5 },
    SettingRow("checkpoint.every", "500", "200", resumable: true) { $0.checkpoint.every = 200 },
    SettingRow("checkpoint.minutes", "0", "2.5", resumable: true) { $0.checkpoint.minutes = 2.5 },
    SettingRow("checkpoint.keep", "3", "5", resumable: true) { $0.checkpoint.keep = 5 },
    SettingRow("checkpoint.keep_every", "0", "1000", resumable: true) { $0.checkpoint.keepEvery = 1000 },
    SettingRow("checkpoint.background", "true", "false", resumable: true) { $0.checkpoint.background = false },
    SettingRow("checkpoint.sharded", "automatic", "always", resumable: true) { $0.checkpoint.sharded = .always },
    SettingRow("checkpoint.best", "none", "r_squared", resumable: true) { $0.checkpoint.best = "r_squared" },
    SettingRow("log.every", "50", "10", resumable: true) { $0.log.every = 10 },
    SettingRow("log.tensorboard", "true", "false", resumable: true) { $0.log.tensorboard = false },
    SettingRow("evaluate.every", "1", "2", resumable: true) { $0.evaluate.every = 2 },
    SettingRow("evaluate.steps", "0", "250", resumable: true) { $0.evaluate.steps = 250 },
    SettingRow("evaluate.top_k", "5", "3", resumable: true) { $0.evaluate.topK = 3 },
    SettingRow("evaluate.samples", "0", "300", resumable: true) { $0.evaluate.samples = 300 },
    SettingRow("evaluate.final_samples", "0", "400", resumable: true) { $0.evaluate.finalSamples = 400 },
    SettingRow("early_stopping.patience", "0", "3", resumable: true) { $0.earlyStopping.patience = 3 },
    SettingRow("early_stopping.threshold", "0", "0.002") { $0.earlyStopping.threshold = 0.002 },
    SettingRow("early_stopping.metric", "loss", "macro_f1") { $0.earlyStopping.metric = "macro_f1" },
    SettingRow("early_stopping.mode", "auto", "max") { $0.earlyStopping.mode = .max },
    SettingRow("diagnose.every", "0", "100", resumable: true) { $0.diagnose.every = 100 },
    SettingRow("agreement.every", "20", "0", resumable: true) { $0.agreement.every = 0 },
    SettingRow("agreement.unlike_processors", "false", "true", resumable: true) {
        $0.agreement.unlikeProcessors = true
    },
    SettingRow("communication.path", "automatic", "messages", resumable: true) { $0.communication.path = .messages },
    SettingRow("communication.bucket_kilobytes", "automatic", "256", resumable: true) {
        $0.communication.bucketKilobytes = 256
    },
    SettingRow("communication.autotune", "automatic", "never", resumable: true) { $0.communication.autotune = .never },
    SettingRow("communication.overlap", "true", "false", resumable: true) { $0.communication.overlap = false },
    SettingRow("communication.ranks_per_host", "0", "2", resumable: true) { $0.communication.ranksPerHost = 2 },
    SettingRow("communication.sharding", "automatic", "none", resumable: true) { $0.communication.sharding = .none },
    SettingRow("communication.zero", "off", "gradients", resumable: true) { $0.communication.zero = .gradients },
    SettingRow("communication.combination", "sum", "adasum") { $0.communication.combination = .adasum },
    SettingRow("balance.mode", "off", "automatic", resumable: true) { $0.balance.mode = .automatic },
    SettingRow("balance.speeds", "[]", "[2, 1]", resumable: true) { $0.balance.speeds = [2, 1] },
    SettingRow("balance.every", "200", "50", resumable: true) { $0.balance.every = 50 },
    SettingRow("compression.name", "none", "bf16") { $0.compression.name = .bf16 },
    SettingRow("compression.share", "0.01", "0.125") { $0.compression.share = 0.125 },
    SettingRow("compression.rank", "4", "3") { $0.compression.rank = 3 },
    SettingRow("local.steps", "0", "8") { $0.local.steps = 8 },
    SettingRow("local.workers", "0", "2") { $0.local.workers = 2 },
    SettingRow("local.outer_rate", "1", "0.7") { $0.local.outerRate = 0.7 },
    SettingRow("local.outer_momentum", "0", "0.9") { $0.local.outerMomentum = 0.9 },
    SettingRow("non_finite.action", "stop", "skip", resumable: true) { $0.nonFinite.action = .skip },
    SettingRow("non_finite.limit", "10", "3", resumable: true) { $0.nonFinite.limit = 3 },
    SettingRow("interrupt.exit_code", "automatic", "75", resumable: true) { $0.interrupt.exitCode = 75 },
    SettingRow("watch.warn_seconds", "automatic", "30", resumable: true) { $0.watch.warnSeconds = 30 },
    SettingRow("watch.end_seconds", "automatic", "0", resumable: true) { $0.watch.endSeconds = 0 },
    SettingRow("trace.steps", "none", "5-8", resumable: true) { $0.trace.steps = .init(first: 5, last: 8) },
]

/// The settings with the examples of all rows that count with the optimizer adam, but for those that do not go together with
/// others.
func exampleSettings() -> Settings {
    var settings = Settings(RecipeCatalog.all.settings)
    for row in settingRows { row.assign(&settings) }
    settings.optimizer.name = "adamw"
    (settings.communication.combination, settings.communication.zero, settings.local.steps) = (.sum, .off, 0)
    settings.balance = BalanceSettings()
    settings.compression = CompressionSettings()
    return settings
}
