import Environments
import Foundation
public import Settings
public import TensorEngine
public import Training

/// Plays episodes with a saved agent, and writes their frames as one PNG file.
public struct RolloutGenerator: Generator {
    /// The model, whose weights are restored.
    public let model: any Parameterized
    /// The recipe, for the error about an option that it has no use for.
    let recipe: String
    let settings: Settings
    let policy: Policy

    /// Plays with `policy`, which acts by `model`.
    public init(model: any Parameterized, recipe: String, settings: Settings, policy: @escaping Policy) {
        (self.model, self.recipe, self.settings, self.policy) = (model, recipe, settings, policy)
    }

    public func generate(_ request: GenerationRequest, each: (String) -> Void) throws {
        let isPlain = request.prompt == nil && request.topK == nil && request.temperature == 1
        guard isPlain else { throw UnusedEpisodeOption(recipe: recipe) }
        let count = request.count ?? 4
        guard (1...100).contains(count) else { throw WrongEpisodeCount(count: count) }
        var seeded = settings
        seeded.seed = request.seed
        let strip = RolloutStrip(
            player: EpisodePlayer(settings.acting.environment.environment, seeded),
            frames: max(1, settings.acting.frames))
        let (png, returns) = strip.make(0..<count, policy)
        let path = request.output ?? "episodes.png"
        do {
            try png.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw UnwritableStrip(path: path, reason: (error as NSError).localizedFailureReason ?? "the system refused")
        }
        for (number, value) in returns.enumerated() { each("episode \(number): return \(value)\n") }
        each("\(count) \(count == 1 ? "episode" : "episodes") in \(path)")
    }
}

/// An option of `generate` that episodes have no use for.
struct UnusedEpisodeOption: Error, CustomStringConvertible {
    let recipe: String
    var description: String {
        "\(recipe) plays episodes, and uses --count, --output and --seed only; drop --prompt, --top-k and --temperature"
    }
}

/// So many episodes are not drawn.
struct WrongEpisodeCount: Error, CustomStringConvertible {
    let count: Int
    var description: String { "--count must be from 1 to 100 episodes, found \(count)" }
}

/// The strip cannot be written.
struct UnwritableStrip: Error, CustomStringConvertible {
    let path, reason: String
    var description: String { "cannot write \(path): \(reason); name another file (--output FILE.png)" }
}
