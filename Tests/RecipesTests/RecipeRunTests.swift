import Checkpoints
import Foundation
import TestSupport
import Testing
import Training

/// A training of a recipe on small data, a few steps long.
struct RecipeRun: CustomTestStringConvertible, Sendable {
    let recipe, data: String
    var values: [String]

    init(_ recipe: String, _ data: String, _ values: String...) {
        (self.recipe, self.data, self.values) = (recipe, data, values)
    }

    var testDescription: String { ([recipe] + values).joined(separator: " ") }

    /// Byte-level BPE; `Tests/TokenizersTests/reference_tokenizers.py`.
    private static let tokenizer = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../TokenizersTests/Fixtures/gpt2.json").standardized.path

    /// A run through two tasks of three steps.
    private static func tasks(_ model: String, _ value: String) -> RecipeRun {
        RecipeRun(
            "continual", "data", "model.name=\(model)", value, "model.hidden=[12]", "continual.tasks=2",
            "continual.task_steps=3", "evaluate.steps=2", "global_batch=10")
    }

    static let few: [RecipeRun] = [
        RecipeRun("fashion-mnist", "data", "model.name=resnet20", "global_batch=8", "steps=2"),
        RecipeRun("fashion-mnist", "data", "model.name=cnn", "global_batch=10", "steps=3"),
        RecipeRun(
            "fashion-gan", "data", "model.name=dcgan", "model.width=4", "gan.noise=6", "global_batch=10", "steps=3"),
        RecipeRun(
            "fashion-gan", "data", "model.name=mlp", "model.width=8", "gan.noise=6", "gan.discriminator_rate=0.5",
            "global_batch=10", "steps=4"),
        RecipeRun("fashion-mnist-large-batch", "data", "global_batch=200", "steps=4", "schedule.warmup_steps=0"),
        RecipeRun(
            "language-model", "prose.txt", "model.name=lstm", "model.width=16", "model.dropout=0.2", "model.context=20",
            "global_batch=10", "steps=6"),
        // the name that it had
        RecipeRun(
            "char-lm", "prose.txt", "model.name=gpt", "model.width=16", "model.dropout=0.2", "model.context=20",
            "schedule.warmup_steps=0", "steps=6"),
        RecipeRun(
            "language-model", "prose.txt", "text.tokens=bytes", "model.name=gpt2", "model.layers=2", "model.heads=2",
            "model.width=16", "model.context=20", "schedule.warmup_steps=0", "steps=4"),
        RecipeRun(
            "language-model", "prose.txt", "text.tokens=words", "text.vocabulary=5", "model.name=gru",
            "model.width=8", "model.context=4", "global_batch=4", "steps=4"),
        RecipeRun(
            "language-model", "prose.txt", "text.tokenizer=\(tokenizer)", "model.name=gpt2", "model.layers=2",
            "model.heads=2", "model.width=16", "model.context=6", "model.dropout=0.1", "global_batch=4",
            "schedule.warmup_steps=0", "steps=4"),
        RecipeRun("csv", "table.csv", "epochs=2", "model.dropout=0.2", "csv.target=sum"),
        RecipeRun(
            "csv", "table.csv", "epochs=1", "csv.target=sum", "model.hidden=[6, 6]", "model.activation=gelu",
            "model.connections=dense", "model.dropout=0.2"),
        RecipeRun(
            "csv", "table.csv", "epochs=1", "csv.target=sum", "model.hidden=[6, 6]", "model.activation=tanh",
            "model.connections=residual"),
        RecipeRun(
            "audio", "sounds", "audio.pattern={label}_*", "audio.test=*_[0-1].wav", "model.width=4", "model.layers=2",
            "epochs=3", "global_batch=8"),
        RecipeRun(
            "audio", "sounds", "audio.pattern={label}_*", "model.name=gru", "model.width=6", "model.layers=1",
            "audio.seconds=0.12", "steps=8", "global_batch=6"),
        RecipeRun("arrays", "vectors", "epochs=2", "model.dropout=0.2"),
        RecipeRun("arrays", "numbers", "epochs=2", "model.hidden=[8]"),
        RecipeRun("arrays", "series", "model.width=6", "model.layers=2", "epochs=2", "model.dropout=0.2"),
        RecipeRun(
            "arrays", "images", "model.width=4", "model.layers=3", "epochs=2", "model.dropout=0.2", "global_batch=12"),
        RecipeRun(
            "sequence-classification", "words.tsv", "model.name=gru", "model.width=8", "epochs=1", "model.dropout=0.2"),
        RecipeRun(
            "sequence-classification", "words.tsv", "model.name=lstm", "model.width=8", "epochs=4", "model.dropout=0.2",
            "schedule.name=plateau", "schedule.patience=0", "schedule.threshold=0.9"),
        RecipeRun(
            "sequence-classification", "words.tsv", "model.name=transformer", "model.width=8", "steps=5",
            "schedule.warmup_steps=0", "model.dropout=0.2"),
        RecipeRun("vae", "data", "model.hidden=[20]", "autoencoder.code=3", "global_batch=10", "steps=4"),
        RecipeRun("autoencoder", "data", "model.name=denoising", "model.hidden=[20]", "global_batch=10", "steps=4"),
        RecipeRun("autoencoder", "data", "model.name=sparse", "model.hidden=[20]", "global_batch=10", "steps=4"),
        RecipeRun(
            "self-supervised", "data", "model.name=simclr", "model.width=2", "global_batch=10", "steps=3",
            "self_supervised.probe_samples=70"),
        RecipeRun(
            "self-supervised", "data", "model.name=simsiam", "model.width=2", "global_batch=10", "steps=3",
            "self_supervised.probe_samples=70"),
        RecipeRun(
            "self-supervised", "data", "model.name=byol", "model.width=2", "global_batch=10", "steps=3",
            "self_supervised.probe_samples=600"),
        RecipeRun("meta-learning", "", "model.name=maml", "model.hidden=[8]", "global_batch=10", "steps=4"),
        RecipeRun("meta-learning", "", "model.name=fomaml", "model.hidden=[8]", "global_batch=10", "steps=4"),
        RecipeRun("meta-learning", "", "model.name=reptile", "model.hidden=[8]", "global_batch=10", "steps=4"),
        RecipeRun(
            "prototypical", "data", "model.width=2", "meta.shots=1", "meta.queries=2", "meta.test_tasks=10", "steps=3"),
        RecipeRun("feedback-alignment", "data", "model.name=fa", "global_batch=10", "steps=3"),
        RecipeRun("feedback-alignment", "data", "model.name=dfa", "global_batch=10", "steps=3"),
        RecipeRun("feedback-alignment", "data", "model.name=usf", "global_batch=10", "steps=3"),
        RecipeRun("forward-forward", "data", "model.hidden=[20, 10]", "global_batch=10", "steps=4"),
        RecipeRun("hebbian", "data", "model.name=sanger", "model.width=3", "steps=4"),
        RecipeRun(
            "spiking", "data", "model.hidden=[20]", "spiking.steps=5", "spiking.coding=rate", "global_batch=10",
            "steps=4"),
        RecipeRun(
            "fashion-gan", "data", "model.name=dcgan", "model.width=4", "gan.noise=6", "gan.loss=wgan_gp",
            "gan.critic_steps=2", "gan.conditional=true", "global_batch=10", "steps=4"),
        RecipeRun(
            "fashion-gan", "data", "model.name=dcgan", "model.width=4", "gan.noise=6", "gan.spectral_norm=true",
            "global_batch=10", "steps=4"),
        RecipeRun("mixture-gan", "", "model.hidden=[8, 8]", "gan.loss=wgan_gp", "global_batch=10", "steps=4"),
        RecipeRun(
            "mixture-gan", "", "model.hidden=[8]", "gan.spectral_norm=true", "gan.critic_steps=2", "global_batch=10",
            "steps=6"),
        tasks("naive", "continual.scenario=class"),
        tasks("joint", "continual.sequence=permuted"),
        tasks("ewc", "continual.fisher_samples=101"),
        tasks("si", "continual.scenario=task"),
        tasks("replay", "continual.memory=9"),
        RecipeRun("domain-adaptation", "data", "model.name=dann", "model.width=2", "global_batch=10", "steps=4"),
        RecipeRun("domain-adaptation", "data", "model.name=source-only", "model.width=2", "global_batch=10", "steps=2"),
        RecipeRun("domain-adaptation", "data", "model.name=target", "model.width=2", "global_batch=10", "steps=2"),
        RecipeRun(
            "masked-language-model", "prose.txt", "model.width=8", "model.context=20", "model.dropout=0.2",
            "global_batch=8", "schedule.warmup_steps=0", "steps=4"),
        RecipeRun(
            "neural-ode", "", "model.hidden=[8]", "ode.points=3", "ode.noise=0.1", "ode.test_trajectories=20", "steps=3"
        ),
        RecipeRun(
            "neural-ode", "", "model.hidden=[8]", "ode.points=3", "ode.solver=rk4", "ode.gradient=adjoint",
            "ode.test_trajectories=20", "steps=3"),
        RecipeRun(
            "sorting", "data", "model.name=neural-sort", "model.width=2", "sorting.elements=3", "sorting.test_sets=20",
            "global_batch=8", "steps=3"),
        RecipeRun(
            "sorting", "data", "model.name=soft-sort", "model.width=2", "sorting.elements=3", "sorting.test_sets=20",
            "global_batch=8", "steps=3"),
        RecipeRun(
            "fashion-mnist", "data", "model.hidden=[16]", "model.dropout=0.2", "loss.name=generalized",
            "loss.balanced_sampling=true", "augment.mixup=0.2", "global_batch=10", "steps=4"),
        RecipeRun("csv", "table.csv", "epochs=1", "loss.name=focal", "loss.balanced_sampling=true"),
        RecipeRun(
            "sequence-classification", "words.tsv", "model.name=gru", "model.width=8", "steps=4",
            "loss.name=symmetric", "loss.balanced_sampling=true"),
        RecipeRun("nuts", "", "nuts.chains=3", "nuts.iterations=5", "nuts.warmup=20", "steps=6"),
        RecipeRun(
            "nuts", "table.csv", "model.name=linear-regression", "csv.target=sum", "nuts.mass_matrix=dense",
            "nuts.chains=2", "nuts.iterations=4", "nuts.warmup=21", "steps=6"),
        RecipeRun(
            "nuts", "", "model.name=banana", "nuts.sampler=hmc", "nuts.iterations=5", "nuts.warmup=5", "steps=4"),
        RecipeRun(
            "bayes", "data", "model.name=backprop", "model.hidden=[12]", "bayes.draws=2", "global_batch=10", "steps=4"),
        RecipeRun(
            "bayes", "table.csv", "csv.target=sum", "model.name=dropout", "model.hidden=[8]", "bayes.draws=3",
            "global_batch=10", "steps=4"),
        RecipeRun(
            "bayes", "data", "model.name=ensemble", "model.hidden=[12]", "bayes.members=2", "global_batch=10",
            "steps=4"),
        RecipeRun(
            "bayes", "table.csv", "csv.target=sum", "model.name=full-covariance", "model.hidden=[4]", "bayes.draws=2",
            "bayes.noise=0.3", "global_batch=10", "steps=4"),
        RecipeRun(
            "bayes", "data", "model.name=swag", "model.hidden=[12]", "bayes.draws=2", "bayes.burn_in=1",
            "bayes.thinning=1", "bayes.rank=3", "global_batch=10", "steps=6"),
        RecipeRun(
            "bayes", "data", "model.name=laplace-diagonal", "model.hidden=[12]", "bayes.draws=2", "bayes.fit_every=2",
            "global_batch=10", "steps=5"),
        RecipeRun(
            "bayes", "table.csv", "csv.target=sum", "model.name=laplace-kronecker", "model.hidden=[8]",
            "bayes.draws=2", "global_batch=10", "steps=4"),
        RecipeRun(
            "bayes", "data", "model.name=laplace-last-layer", "model.hidden=[12]", "bayes.draws=2", "global_batch=10",
            "steps=4"),
        RecipeRun(
            "bayes", "table.csv", "csv.target=sum", "model.name=sghmc", "model.hidden=[8]", "bayes.draws=2",
            "bayes.burn_in=1", "bayes.thinning=1", "global_batch=10", "steps=6"),
        RecipeRun("quantum", "", "model.name=classifier", "quantum.layers=1", "global_batch=10", "steps=4"),
        RecipeRun("quantum", "", "model.name=vqe", "quantum.ansatz=layers", "quantum.layers=1", "steps=4"),
        RecipeRun("translation", "reversals.tsv", "model.width=16", "steps=5", "schedule.warmup_steps=0"),
        RecipeRun(
            "tabular", "", "model.name=sarsa", "acting.environment=windy-grid", "tabular.trace_decay=0.8",
            "global_batch=5", "steps=60", "acting.time_limit=40", "acting.test_episodes=3"),
        RecipeRun(
            "tabular", "", "model.name=double-q-learning", "acting.environment=blackjack", "tabular.steps=2",
            "global_batch=9", "steps=40", "acting.test_episodes=30"),
        // stopped within an iteration of 8 steps
        RecipeRun(
            "policy-gradient", "", "model.hidden=[8]", "acting.environments=6", "acting.rollout=8", "acting.updates=2",
            "global_batch=12", "steps=22", "acting.test_episodes=4"),
        RecipeRun(
            "policy-gradient", "", "model.name=a2c", "acting.environment=pendulum", "model.hidden=[8]",
            "acting.environments=5", "acting.time_limit=20", "global_batch=40", "steps=7", "acting.test_episodes=4"),
        RecipeRun(
            "policy-gradient", "", "model.name=reinforce", "model.hidden=[8]", "acting.rollout=16", "global_batch=128",
            "steps=4", "acting.test_episodes=4"),
        RecipeRun(
            "dqn", "", "model.hidden=[8]", "acting.environments=6", "acting.rollout=4", "acting.updates=3",
            "replay.warmup=30", "replay.capacity=100", "dqn.target_every=5", "global_batch=10", "steps=14",
            "acting.test_episodes=4"),
        RecipeRun(
            "dqn", "", "model.name=dueling", "acting.environment=frozen-lake", "model.hidden=[8]",
            "acting.environments=5", "acting.rollout=4", "acting.updates=3", "replay.priority=0.6", "dqn.tau=0.5",
            "dqn.target_every=2", "global_batch=10", "steps=10", "acting.test_episodes=4"),
        RecipeRun(
            "sac", "", "model.hidden=[8]", "acting.environments=5", "acting.updates=3", "replay.warmup=20",
            "replay.capacity=40", "acting.time_limit=9", "global_batch=10", "steps=8", "acting.test_episodes=4"),
        RecipeRun(
            "sac", "", "model.name=td3", "acting.environment=reacher", "model.hidden=[8]", "acting.updates=3",
            "replay.warmup=20", "acting.time_limit=9", "global_batch=10", "steps=8", "acting.test_episodes=4"),
        RecipeRun(
            "imitation", "", "model.hidden=[8]", "acting.rollout=6", "acting.updates=3", "acting.time_limit=9",
            "global_batch=10", "steps=8", "acting.test_episodes=4"),
        RecipeRun(
            "bandit", "", "model.name=thompson", "bandit.rounds=60", "bandit.arms=3", "bandit.context=2",
            "bandit.test_rounds=50"),
        RecipeRun("bandit", "", "bandit.rounds=60", "bandit.context=1", "bandit.test_rounds=50"),
        RecipeRun("bandit", "table.csv", "csv.target=side", "bandit.rounds=60"),
        RecipeRun(
            "evolution", "", "model.hidden=[4]", "evolution.population=10", "evaluate.every=1", "steps=6",
            "acting.test_episodes=4"),
        RecipeRun(
            "evolution", "", "model.name=snes", "acting.environment=pendulum", "model.hidden=[4]",
            "acting.time_limit=20", "evolution.population=6", "evolution.episodes=2", "evaluate.every=1", "steps=4",
            "acting.test_episodes=4"),
        RecipeRun(
            "evolution", "", "model.name=cma-es", "evolution.task=rosenbrock", "evolution.dimension=5",
            "evaluate.every=1", "steps=12"),
        RecipeRun(
            "evolution", "", "model.name=neat", "evolution.population=31", "neat.node_mutation=0.3",
            "evaluate.every=1", "steps=10"),
    ]
}

@Suite("The recipes, on threads as ranks")
struct RecipeRunTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    @Test(
        "train to the same checkpoint on one to four ranks with four shards, stopped halfway or not",
        arguments: RecipeRun.few)
    func sameBytes(run: RecipeRun) throws {
        let data = run.data.isEmpty ? [] : ["data.path=\(trainer.folder(run.data))"]
        let values = data + ["shards=4"] + run.values
        let expected = try trainer.train("1", of: run.recipe, values + ["checkpoint.every=1", "checkpoint.keep=1000"])
        let losses = try trainer.metrics("1", "evaluation", ["loss"])
        #expect(!losses.isEmpty && losses.allSatisfy { $0[0]?.isFinite == true })
        let steps = try trainer.metrics("1", "evaluation", ["step"])
        #expect(Set(steps).count == steps.count, "a step is evaluated twice")
        for ranks in 2...4 {
            let other = try trainer.train("\(ranks)", of: run.recipe, ranks: ranks, values)
            #expect(other.model == expected.model && other.optimizer == expected.optimizer, "on \(ranks) ranks")
            #expect(try trainer.metrics("\(ranks)", "evaluation", ["loss"]) == losses, "on \(ranks) ranks")
        }
        // a schedule depends on the length of the run: this is the same run, whose later checkpoints got lost
        let checkpoints = try trainer.folder.names(in: "1/checkpoints").filter { $0.hasPrefix("step-") }
        for name in checkpoints.suffix((checkpoints.count + 1) / 2) {
            try trainer.folder.remove("1/checkpoints/\(name)")
        }
        let halfway = try SavedRun.checkpoint(at: trainer.folder("1"))
        #expect(halfway.state.step < expected.state.step && halfway.model != expected.model)
        let resumed = try trainer.train("1", of: run.recipe, ranks: 3, resumes: true, [])
        #expect(resumed == expected)
        #expect(try trainer.metrics("1", "evaluation", ["loss"]).last == losses.last)
    }
}
