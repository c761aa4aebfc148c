import DataParallel
import Optimizers
import Settings
import TensorEngine

extension Settings {
    /// What compresses the gradients of `arena` on `rank`, when something does.
    func makeCompression(_ arena: ParameterArena, _ plan: ShardPlan, rank: Int) -> GradientCompression? {
        compression.method.map {
            GradientCompression($0, arena: arena, plan: plan, rank: rank, groups: parameterGroups, seed: seed)
        }
    }
}
