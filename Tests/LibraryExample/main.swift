import Lockstep

LockstepProcess.run { ranks, _ in
    var random = InitializationRandom(seed: 1)
    let model = Sequential(Linear(1, 32, random: &random), Activation.tanh, Linear(32, 1, random: &random))
    let arena = ParameterArena(model.parameters)
    let optimizer = Adam(arena)
    let plan = try ShardPlan(shards: 4, ranks: ranks.size)
    let step = try DataParallelStep(arena: arena, plan: plan, communicator: ranks)
    for number in 1...500 {
        let batches = step.localShards.map { shard in  // 16 of the 64 points of the global batch, in [-1, 1)
            Tensor((0..<16).map { Float(shard * 16 + $0) / 32 - 1 }, shape: [16, 1])
        }
        let outcome = try step.run(batches) { x in squaredError(model(x), x * x * x) }
        optimizer.update(
            gradients: step.gradients, gradientScale: 1 / Float(outcome.count), learningRate: 0.01, step: number)
        if ranks.rank == 0 && number % 100 == 0 { print("step \(number)  loss \(outcome.loss)") }
    }
    return 0
}
