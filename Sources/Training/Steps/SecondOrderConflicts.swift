import DataParallel
import Optimizers
import Settings

/// What second-order optimizers do not go together with: a line search needs the smooth function whose gradient it is given,
/// and finds the length of a step by itself. A group without settings.
struct SecondOrderConflicts: SettingsGroup {
    static let prefix = ""
    static let keys: [Setting<Self>] = []

    static func check(_ settings: Settings) throws(SettingsError) {
        guard settings.usesSecondOrder else { return }
        let rule = "optimizer.name \(settings.optimizer.name)"
        if settings.optimizer.name == NewtonCGSettings.name, settings.model.batchNorm == .synchronized {
            throw .conflict(
                "\(rule) needs second derivatives, which model.batch_norm synchronized has not; use lbfgs or shard")
        }
        let schedule = settings.schedule
        if schedule.name != .constant || schedule.warmupSteps > 0 || schedule.scaling != .none {
            throw .conflict(
                "\(rule) finds the length of its steps by itself, without a schedule; set schedule.name=constant, "
                    + "schedule.warmup_steps=0 and schedule.scaling=none")
        }
        if settings.clip != ClipSettings() {
            throw .conflict(
                "\(rule) needs the gradient as it is; set clip.value, clip.parameter_norm and clip.global_norm to 0")
        }
        if settings.nonFinite.action == .skip {
            throw .conflict(
                "\(rule) makes several updates in a step, which cannot be skipped; set non_finite.action=stop")
        }
        if settings.communication.zero != .off {
            throw .conflict(
                "\(rule) needs the gradient of all weights on each host; set communication.zero=off, or another optimizer"
            )
        }
        if let asked = settings.askedCombination {
            throw .conflict(
                "\(rule) needs the gradient as it is, not by \(asked.value); set \(asked.usual), or another optimizer")
        }
    }
}
