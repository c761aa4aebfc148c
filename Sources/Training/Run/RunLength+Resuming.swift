import Datasets
import Messages

extension RunLength {
    /// Throws unless a run that stands at `point` can go on with this length.
    func checkResuming(_ point: StartPoint) throws {
        guard point.step <= lastStep else { throw ResumeError.shorter(done: point.step, asked: lastStep) }
        if let saved = point.trainingSamples, saved != sampler.count {
            throw ResumeError.otherData(saved: saved, found: sampler.count)
        }
        try checksums.checkResuming(point.dataChecksums)
        let consumed = sampler.samplesConsumed(afterSteps: point.step)
        // the last step of a start that has come to the end of a stream may be smaller
        let isPossible =
            endsWithData
            ? (point.step...max(point.step, consumed)).contains(point.samplesConsumed)
            : point.samplesConsumed == consumed
        guard isPossible else {
            throw ResumeError.otherPlace(step: point.step, saved: point.samplesConsumed, found: consumed)
        }
    }

    /// Throws when a run that has done `step` steps has another length than that of `saved`, its schedule depends on it, and
    /// nobody has said which of the two it is to follow.
    func checkSchedule(_ settings: Settings, saved: Settings, step: Int) throws {
        let before = saved.schedule.steps ?? saved.steps ?? saved.epochs * sampler.stepsPerEpoch
        guard settings.schedule.steps == nil, settings.scheduleDiffers(before, lastStep) else { return }
        let rates = [before, lastStep].map {
            LearningRateSchedule(settings, totalSteps: $0, globalBatch: sampler.globalBatch).rate(step: step + 1)
        }
        throw ResumeError.otherSchedule(
            name: settings.schedule.name.rawValue, before: before, now: lastStep, step: step + 1, keptRate: rates[0],
            stretchedRate: rates[1])
    }
}

/// A run cannot go on as it was asked to.
enum ResumeError: Error, CustomStringConvertible {
    case shorter(done: Int, asked: Int)
    case otherData(saved: Int, found: Int)
    case otherPlace(step: Int, saved: Int, found: Int)
    case otherSettings(path: String, key: String, saved: String, found: String)
    case otherContent(part: String, saved: String, found: String)
    case otherSchedule(name: String, before: Int, now: Int, step: Int, keptRate: Double, stretchedRate: Double)

    var description: String {
        switch self {
        case .shorter(let done, let asked):
            "the run has \(done) steps already, and cannot be resumed to end after \(asked): ask for at least \(done) steps, or start a new run"
        case .otherData(let saved, let found):
            "the run was started on \(saved) training samples, and these data have \(found): give it the data that it was started on (--data)"
        case .otherPlace(let step, let saved, let found):
            "the checkpoint says that \(step) steps have consumed \(saved) samples, and with its settings and these data they are \(found): its state.json was changed; resume from another checkpoint, or give it the data that it was started on (--data)"
        case .otherSettings(let path, let key, let saved, let found):
            "\(key) is \(saved) in the checkpoint and \(found) in \(path): one of them was changed after the start; write \(saved) there, or remove the file to go on with the checkpoint's settings"
        case .otherContent(let part, let saved, let found):
            "the run was started on \(part) data with the checksum \(saved), and these have \(found): they are as many, but not the same; give it the data that it was started on (--data)"
        case .otherSchedule(let name, let before, let now, let step, let keptRate, let stretchedRate):
            "the run was to have \(before) steps and is to have \(now), and its schedule (\(name)) depends on that; say which: --set schedule.steps=\(before) keeps it as it was (a rate of \(Readable.significant(keptRate)) in step \(step)), --set schedule.steps=\(now) stretches it (\(Readable.significant(stretchedRate)))"
        }
    }
}
