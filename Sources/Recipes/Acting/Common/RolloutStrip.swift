import Datasets
import Environments
import Foundation
public import Training

/// Frames of episodes as one picture: an episode is read like text, a row after the other.
public struct RolloutStrip {
    let player: EpisodePlayer
    /// Frames of each episode, and their size in pixels.
    let frames: Int
    private let size = 96
    private let columns = 8

    /// Strips of so many frames of the episodes of `player`; 0 for none.
    public init(player: EpisodePlayer, frames: Int) { (self.player, self.frames) = (player, frames) }

    /// The strip of some episodes as a PNG file, and their returns.
    func make(_ episodes: Range<Int>, _ policy: Policy) -> (png: Data, returns: [Double]) {
        let columns = min(columns, frames)
        let rows = (frames + columns - 1) / columns * episodes.count
        let width = columns * (size + 2)
        var (pixels, returns) = ([UInt8](repeating: 190, count: width * rows * (size + 2) * 3), [Double]())
        for (offset, number) in episodes.enumerated() {
            let batch = player.environments(number..<number + 1)
            var (states, outcome) = ([batch.save()], BatchOutcome())
            while true {
                policy(batch).withUnsafeBufferPointer { batch.step($0, &outcome) }
                if let episode = outcome.episodes.first {
                    returns.append(episode.return)
                    break
                }
                states.append(batch.save())
            }
            for frame in 0..<frames {
                batch.restore(states[frames == 1 ? 0 : frame * (states.count - 1) / (frames - 1)])
                var canvas = Canvas(width: size, height: size)
                batch.draw(0, on: &canvas)
                let row = offset * ((frames + columns - 1) / columns) + frame / columns
                for line in 0..<size {
                    let target = ((row * (size + 2) + 1 + line) * width + frame % columns * (size + 2) + 1) * 3
                    pixels.replaceSubrange(
                        target..<target + size * 3, with: canvas.pixels[line * size * 3..<(line + 1) * size * 3])
                }
            }
        }
        return (PNGFile.encode(pixels, width: width, height: rows * (size + 2), channels: 3), returns)
    }

    /// Writes a strip of an episode after each evaluation; nil for none.
    public func observer(_ setup: RunSetup, _ policy: @escaping Policy) -> [any RunObserver] {
        frames == 0 ? [] : [SampleSheets(setup) { [("episode", make(0..<1, policy).png)] }]
    }
}
