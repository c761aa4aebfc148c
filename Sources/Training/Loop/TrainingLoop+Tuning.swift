import Communication
import DataParallel
import RunRecords

extension TrainingLoop {
    /// The search that the settings ask for; nil for none.
    func makeTuning() -> BucketTuning? {
        let wish = settings.communication
        guard communicator.size > 1, wish.autotune != .never, rule.workers == nil,
            !settings.optimizer.name.isSecondOrder,
            settings.model.batchNorm != .synchronized,
            let tuning = BucketTuning(
                dataParallel.buckets, path: dataParallel.path, bytes: dataParallel.gradientBytes)
        else { return nil }
        if wish.autotune == .always { return tuning }
        // it takes some 40 steps, most of which are hardly slower than the best
        return wish.bucketKilobytes == nil && wish.overlap && lastStep - step >= 500 ? tuning : nil
    }

    /// Sets the buckets of the coming step, while the best are looked for. *Collective.*
    func tune() throws {
        guard let tuning else { return }
        if let next = tuning.next { return try dataParallel.setBuckets(next) }
        self.tuning = nil
        let (best, text) = try tuning.decide(over: communicator)
        try dataParallel.setBuckets(best)
        measured.settleAnew()
        record?.log.message(text)
    }
}
