import Communication
import DataParallel
import Foundation
import Messages
import RunRecords
import TensorEngine

/// Lets faults happen on purpose, in the first start of a run that a launcher restarts.
///
/// It comes first among the observers, so that a fault occurs when a step's data are ready and nothing is computed.
final class FaultInjector: RunObserver {
    private let context: RunContext
    private let learners: [Learner]
    private let all: [InjectedFault]
    private let lastStep: Int
    private let usesLearners: Bool
    /// Those of this rank.
    private let own: [InjectedFault]
    /// The limit of a file's size before the disk was full.
    private var fileSize: rlimit?

    /// The injector of `faults`; nil where there are none to be had in this start.
    init?(
        _ context: RunContext, _ rule: any LearningRule, _ faults: [InjectedFault], lastStep: Int, followsGradient: Bool
    ) {
        guard !faults.isEmpty, (try? StartIdentity.current().generation) ?? 1 <= 1 else { return nil }
        (self.context, learners, all, self.lastStep) = (context, rule.learners, faults, lastStep)
        usesLearners = followsGradient
        own = faults.filter { $0.rank == context.communicator.rank }
    }

    func check() throws {
        let size = context.communicator.size
        for fault in all {
            if fault.rank >= size {
                throw context.communicator.agreedFailure(NoSuchFault("rank", fault.rank, size - 1))
            }
            if fault.step > lastStep {
                throw context.communicator.agreedFailure(NoSuchFault("step", fault.step, lastStep))
            }
            if fault.kind == .nan, !usesLearners { throw context.communicator.agreedFailure(NoInjectedNaN()) }
        }
        let list = all.listed { "\($0.kind.rawValue) on rank \($0.rank) before step \($0.step)" }
        context.record?.log.message("inject: \(list)")
    }

    func stepWillBegin(_ number: Int) throws {
        for learner in learners { learner.alterLoss = nil }
        for fault in own {
            if fault.kind == .slow, number >= fault.step { Thread.sleep(forTimeInterval: fault.seconds) }
            if let steps = fault.steps, number == fault.step + steps, var limit = fileSize {
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            }
            if number == fault.step { try occur(fault) }
        }
    }

    private func occur(_ fault: InjectedFault) throws {
        switch fault.kind {
        case .kill: kill(getpid(), SIGKILL)
        case .segv:
            signal(SIGSEGV, SIG_DFL)
            kill(getpid(), SIGSEGV)
        case .throw: throw InjectedError(step: fault.step)
        case .hang: while true { _ = DispatchTime.now() }
        case .stop: kill(getpid(), SIGSTOP)
        case .slow: break
        case .nan:
            for learner in learners { learner.alterLoss = { SummedLoss(sum: $0.sum * Float.nan, weightSum: $0.count) } }
        case .bitflip: flipBit()
        case .diskFull: fillDisk()
        case .hostDown:
            // of a process that init has started only itself
            if getppid() > 1 { kill(getppid(), SIGKILL) }
            kill(getpid(), SIGKILL)
        }
    }

    /// Flips a bit in the middle of the mantissa of the first weight.
    private func flipBit() {
        guard let weight = learners.first?.weights.arena.parameters.first else { return }
        var values = weight.value.values
        guard !values.isEmpty else { return }
        values[0] = Float(bitPattern: values[0].bitPattern ^ 1 << 12)
        weight.assign(Tensor(values, shape: weight.shape))
    }

    private func fillDisk() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { return }
        fileSize = limit
        limit.rlim_cur = 1024
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }
}

/// A rank was to fail.
struct InjectedError: Error, CustomStringConvertible {
    let step: Int
    var description: String { "injected before step \(step) (--inject)" }
}

/// A fault of a rank or a step that a run does not have.
struct NoSuchFault: Error, CustomStringConvertible {
    let what: String
    let found, last: Int

    init(_ what: String, _ found: Int, _ last: Int) { (self.what, self.found, self.last) = (what, found, last) }

    var description: String { "--inject names \(what) \(found), and the last of this run is \(last)" }
}

/// A loss that is not a number can't be injected.
struct NoInjectedNaN: Error, CustomStringConvertible {
    var description: String {
        "--inject kind=nan alters the loss of a gradient step, and this run has another kind of step; choose another kind"
    }
}
