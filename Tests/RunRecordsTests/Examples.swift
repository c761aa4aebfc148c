import RunRecords

func exampleHeader(stepsDone: Int = 0) -> RunHeader {
    RunHeader(
        recipe: "mnist-mlp", model: "mlp 784-512-256-10", parameters: 535_818,
        data: "mnist, 60,000 training and 10,000 test samples", ranks: 4, threads: 1, hosts: 2, shards: 4,
        globalBatch: 128, epochs: 10, steps: 4690, stepsDone: stepsDone, runDirectory: "runs/mnist-mlp-20260131-120000")
}

func exampleStep(_ step: Int = 1450, epoch: Int = 4) -> StepReport {
    var report = StepReport(
        step: step, epoch: epoch, samples: step * 128, loss: 0.08125, learningRate: 0.05, samplesPerSecond: 41_234.5678,
        gradientNorm: 1.25)
    report.dataMilliseconds = 0.125
    report.forwardMilliseconds = 1.5
    report.backwardMilliseconds = 2.75
    report.exposedCommunicationMilliseconds = 0.0004
    report.optimizerMilliseconds = 0.5
    return report
}

func exampleSummary() -> RunSummary {
    var summary = RunSummary(
        step: 4690, epoch: 10, samples: 600_000, testLoss: 0.0631, testAccuracy: 0.9812, seconds: 103.4,
        samplesPerSecond: 45_512.3, ranks: 4, threads: 1, runDirectory: "runs/mnist-mlp-20260131-120000")
    summary.trainingLoss = 0.0401
    (summary.bestStep, summary.bestScore) = (4221, 0.0612)
    summary.communicationShare = 0.0321
    summary.secondsToFirstStep = 0.844
    summary.peakMemoryBytes = [208 << 20, 212 << 20, 210 << 20, 209 << 20]
    summary.systemAllocations = 0
    summary.checkpoint = "runs/mnist-mlp-20260131-120000/checkpoints/step-4690"
    return summary
}
