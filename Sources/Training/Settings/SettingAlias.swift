/// What settings are called in PyTorch, Keras and Hugging Face: words that people type, each with the key of its setting.
package enum SettingAlias {
    /// The key that `typed`, in lower case and with underscores, stands for; its group, such as `optimizer.`, may go before.
    package static func key(of typed: String) -> String? {
        let leaf = typed.split(separator: ".").last.map(String.init) ?? typed
        return keys[leaf]
    }

    /// By alias.
    package static let keys: [String: String] = [
        "lr": "optimizer.learning_rate", "learningrate": "optimizer.learning_rate", "alpha": "optimizer.smoothing",
        "max_lr": "optimizer.learning_rate", "base_lr": "optimizer.learning_rate",
        "wd": "optimizer.weight_decay", "decay_rate": "schedule.factor", "gamma": "schedule.factor",
        "optimizer": "optimizer.name", "optimiser": "optimizer.name", "optim": "optimizer.name",
        "solver": "optimizer.name", "eps": "optimizer.epsilon", "betas": "optimizer.beta1", "mu": "optimizer.momentum",
        "adam_beta1": "optimizer.beta1", "adam_beta2": "optimizer.beta2",
        "batch_size": "global_batch", "batch": "global_batch", "batchsize": "global_batch", "bs": "global_batch",
        "minibatch": "global_batch", "mini_batch": "global_batch", "train_batch_size": "global_batch",
        "num_epochs": "epochs", "n_epochs": "epochs", "max_epochs": "epochs", "num_train_epochs": "epochs",
        "nb_epoch": "epochs", "iterations": "steps", "iters": "steps", "max_iters": "steps", "max_steps": "steps",
        "num_steps": "steps", "random_seed": "seed", "random_state": "seed", "manual_seed": "seed",
        "num_threads": "threads", "n_threads": "threads", "accumulation_steps": "shards",
        "gradient_accumulation_steps": "shards", "accum": "shards",
        "scheduler": "schedule.name", "lr_scheduler": "schedule.name", "lr_schedule": "schedule.name",
        "warmup": "schedule.warmup_steps", "warmup_iters": "schedule.warmup_steps",
        "num_warmup_steps": "schedule.warmup_steps", "step_size": "schedule.every", "t_max": "schedule.steps",
        "t_0": "schedule.period", "t_mult": "schedule.period_factor",
        "grad_clip": "clip.global_norm", "max_grad_norm": "clip.global_norm", "max_norm": "clip.global_norm",
        "clip_norm": "clip.global_norm", "clipnorm": "clip.global_norm", "clip_value": "clip.value",
        "clipvalue": "clip.value", "ema": "average.name", "swa": "average.name", "ema_decay": "average.decay",
        "arch": "model.name", "architecture": "model.name", "model": "model.name", "hidden_size": "model.hidden",
        "hidden_sizes": "model.hidden", "hidden_units": "model.hidden", "hidden_layers": "model.hidden",
        "num_layers": "model.layers", "n_layer": "model.layers", "n_layers": "model.layers", "depth": "model.layers",
        "num_heads": "model.heads", "n_head": "model.heads", "n_heads": "model.heads", "n_embd": "model.width",
        "d_model": "model.width", "embedding_dim": "model.width", "embed_dim": "model.width",
        "block_size": "model.context", "seq_len": "model.context", "sequence_length": "model.context",
        "max_length": "model.context", "max_len": "model.context", "context_length": "model.context",
        "drop": "model.dropout", "dropout_rate": "model.dropout", "gradient_checkpointing": "model.recompute",
        "vocab_size": "text.vocabulary", "vocab": "text.vocabulary", "num_beams": "translation.beam",
        "data_dir": "data.path", "dataset": "data.path", "data_path": "data.path", "dataroot": "data.path",
        "val_split": "data.test_fraction", "validation_split": "data.test_fraction",
        "test_size": "data.test_fraction", "test_split": "data.test_fraction",
        "save_every": "checkpoint.every", "save_steps": "checkpoint.every", "save_total_limit": "checkpoint.keep",
        "log_every": "log.every", "logging_steps": "log.every", "log_interval": "log.every",
        "eval_every": "evaluate.every", "eval_steps": "evaluate.steps", "eval_interval": "evaluate.steps",
        "eval_iters": "evaluate.samples", "max_eval_samples": "evaluate.samples",
        "early_stopping": "early_stopping.patience", "min_delta": "early_stopping.threshold",
        "bucket_cap_mb": "communication.bucket_kilobytes",
    ]
}
