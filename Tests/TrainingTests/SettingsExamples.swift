import DataParallel
import Datasets
import Training
import RunRecords

/// For every key a value other than its default, in the form that `flat` and the dump give.
let exampleValues: [String: String] = [
    "recipe": "digits", "seed": "18446744073709551615", "epochs": "3", "steps": "1000", "global_batch": "96",
    "shards": "6", "threads": "2", "data.path": "/data/my digits: #1 \"new\"\n\u{e9}", "model.name": "cnn",
    "model.hidden": "[64, 32, 16]", "model.dropout": "0.25", "model.layers": "6", "model.heads": "2",
    "model.width": "96", "model.context": "33", "optimizer.name": "adamw",
    "optimizer.learning_rate": "0.003", "optimizer.momentum": "0.8", "optimizer.nesterov": "true",
    "optimizer.weight_decay": "0.0001", "optimizer.beta1": "0.85",
    "optimizer.beta2": "0.99",
    "optimizer.epsilon": "1e-06", "schedule.name": "cosine", "schedule.warmup_steps": "20",
    "schedule.final_fraction": "0.1", "clip.global_norm": "1.5", "checkpoint.every": "200", "checkpoint.keep": "5",
    "log.every": "10", "evaluate.every": "2", "agreement.every": "0", "communication.path": "messages",
    "communication.bucket_kilobytes": "256",
    "communication.overlap": "false", "communication.ranks_per_host": "2",
    "communication.sharding": "gradients", "communication.autotune": "never",
    "local.steps": "8", "local.workers": "2", "local.outer_rate": "0.7", "local.outer_momentum": "0.9",
    "optimizer.decoupled_decay": "true", "optimizer.l1": "0.01", "optimizer.l2": "0.02",
    "optimizer.decay": "matrices", "optimizer.smoothing": "0.95",
    "optimizer.centered": "true", "optimizer.trust": "0.02", "schedule.factor": "0.5", "schedule.every": "300",
    "schedule.slope": "0.02", "schedule.power": "1.5", "schedule.period": "40", "schedule.period_factor": "2",
    "schedule.low_fraction": "0.2", "schedule.rise_fraction": "0.4", "schedule.patience": "7",
    "schedule.threshold": "0.001", "schedule.cooldown": "3", "schedule.scaling": "linear", "schedule.base_batch": "64",
    "clip.value": "2.5", "clip.parameter_norm": "0.75", "average.name": "swa", "average.decay": "0.9",
    "average.start": "50", "average.every": "5", "model.recompute": "true", "augment.flip": "0.5",
    "augment.crop_padding": "4", "augment.shift": "0.1", "augment.cutout": "8", "augment.noise": "0.05",
    "augment.mixup": "0.2", "checkpoint.best": "accuracy", "evaluate.steps": "250", "early_stopping.patience": "3",
    "early_stopping.threshold": "0.002", "early_stopping.metric": "accuracy", "diagnose.every": "100",
    "transfer.from": "runs/first", "transfer.skip": "[head.*]",
    "freeze": "[*.bias, features.0.weight]", "optimizer.groups": "[head.*=1, *=0.25]",
    "model.batch_norm": "synchronized", "optimizer.iterations": "4", "optimizer.memory": "7",
    "optimizer.products": "30",
    "data.test_path": "test.csv", "data.test_fraction": "0.25",
    "csv.target": "price", "csv.task": "regression", "csv.ignore": "id,date", "csv.separator": "tab",
    "csv.weight": "share", "csv.types": "zip=category,\"a, b=number\"", "csv.header": "false", "csv.decimal": "comma",
    "csv.thousands": "point", "csv.missing": "-999,\"none\"", "csv.usual_missing": "false",
    "text.tokens": "words", "text.vocabulary": "500", "translation.label_smoothing": "0.1", "translation.beam": "7",
    "translation.length_penalty": "1.5", "non_finite.action": "skip", "non_finite.limit": "3", "trace.steps": "5-8",
    "communication.combination": "adasum", "compression.name": "bf16", "compression.share": "0.125",
    "compression.rank": "3", "schedule.steps": "2000", "evaluate.samples": "300", "evaluate.final_samples": "400",
    "loss.class_weights": "balanced", "transfer.layout": "pytorch", "evaluate.top_k": "3",
]

/// The same settings but for those that don't go together with others: these are at their defaults.
func compatibleExample() -> Settings {
    var settings = exampleSettings()
    settings.communication.combination = .sum
    return settings
}

/// The settings that `exampleValues` describes, made in code.
func exampleSettings() -> Settings {
    var settings = Settings()
    settings.recipe = "digits"
    settings.seed = .max
    settings.epochs = 3
    settings.steps = 1000
    settings.globalBatch = 96
    settings.shards = 6
    settings.threads = 2
    settings.data.path = "/data/my digits: #1 \"new\"\n\u{e9}"
    settings.model.name = "cnn"
    settings.model.hidden = [64, 32, 16]
    settings.model.dropout = 0.25
    settings.model.layers = 6
    settings.model.heads = 2
    settings.model.width = 96
    settings.model.context = 33
    settings.optimizer.name = .adamw
    settings.optimizer.learningRate = 0.003
    settings.optimizer.momentum = 0.8
    settings.optimizer.nesterov = true
    settings.optimizer.weightDecay = 0.0001
    settings.optimizer.beta1 = 0.85
    settings.optimizer.beta2 = 0.99
    settings.optimizer.epsilon = 1e-6
    settings.schedule.name = .cosine
    settings.schedule.warmupSteps = 20
    settings.schedule.finalFraction = 0.1
    settings.clip.globalNorm = 1.5
    settings.checkpoint.every = 200
    settings.checkpoint.keep = 5
    settings.log.every = 10
    settings.evaluate.every = 2
    settings.agreement.every = 0
    settings.communication.path = .messages
    settings.communication.bucketKilobytes = 256
    settings.communication.overlap = false
    settings.communication.ranksPerHost = 2
    settings.communication.sharding = .gradients
    settings.communication.autotune = .never
    (settings.local.steps, settings.local.workers) = (8, 2)
    (settings.local.outerRate, settings.local.outerMomentum) = (0.7, 0.9)
    settings.optimizer.decoupledDecay = true
    settings.optimizer.l1 = 0.01
    settings.optimizer.l2 = 0.02
    settings.optimizer.decay = .matrices
    settings.optimizer.smoothing = 0.95
    settings.optimizer.centered = true
    settings.transfer.from = "runs/first"
    settings.transfer.skip = ["head.*"]
    settings.model.batchNorm = .synchronized
    settings.optimizer.iterations = 4
    settings.optimizer.memory = 7
    settings.optimizer.products = 30
    settings.transfer.layout = .pytorch
    settings.loss.classWeights = .balanced
    settings.evaluate.topK = 3
    settings.freeze = ["*.bias", "features.0.weight"]
    settings.optimizer.groups = [.init(pattern: "head.*", factor: 1), .init(pattern: "*", factor: 0.25)]
    settings.optimizer.trust = 0.02
    settings.schedule.factor = 0.5
    settings.schedule.every = 300
    settings.schedule.slope = 0.02
    settings.schedule.power = 1.5
    settings.schedule.period = 40
    settings.schedule.periodFactor = 2
    settings.schedule.lowFraction = 0.2
    settings.schedule.riseFraction = 0.4
    settings.schedule.patience = 7
    settings.schedule.threshold = 0.001
    settings.schedule.cooldown = 3
    settings.schedule.scaling = .linear
    settings.schedule.baseBatch = 64
    settings.clip.value = 2.5
    settings.clip.parameterNorm = 0.75
    settings.average.name = .swa
    settings.average.decay = 0.9
    settings.average.start = 50
    settings.average.every = 5
    settings.model.recompute = true
    settings.augment.flip = 0.5
    settings.augment.cropPadding = 4
    settings.augment.shift = 0.1
    settings.augment.cutout = 8
    settings.augment.noise = 0.05
    settings.augment.mixup = 0.2
    settings.nonFinite.action = .skip
    settings.nonFinite.limit = 3
    settings.trace.steps = .init(first: 5, last: 8)
    settings.checkpoint.best = .accuracy
    settings.evaluate.steps = 250
    settings.earlyStopping.patience = 3
    settings.earlyStopping.threshold = 0.002
    settings.earlyStopping.metric = .accuracy
    settings.diagnose.every = 100
    (settings.data.testPath, settings.data.testFraction) = ("test.csv", 0.25)
    (settings.csv.target, settings.csv.task) = ("price", .regression)
    (settings.csv.ignore, settings.csv.separator) = (["id", "date"], .tab)
    settings.csv.weight = "share"
    settings.csv.types = [.init(column: "zip", type: "category"), .init(column: "a, b", type: "number")]
    (settings.csv.header, settings.csv.decimal, settings.csv.thousands) = (.no, .comma, .point)
    (settings.csv.missing, settings.csv.usualMissing) = (["-999", "none"], false)
    (settings.text.tokens, settings.text.vocabulary) = (.words, 500)
    (settings.translation.labelSmoothing, settings.translation.beam) = (0.1, 7)
    settings.translation.lengthPenalty = 1.5
    settings.communication.combination = .adasum
    settings.schedule.steps = 2000
    (settings.evaluate.samples, settings.evaluate.finalSamples) = (300, 400)
    (settings.compression.name, settings.compression.share, settings.compression.rank) = (.bf16, 0.125, 3)
    return settings
}
