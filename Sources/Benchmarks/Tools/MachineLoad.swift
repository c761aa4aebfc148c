import Foundation

/// What else this machine does while something is measured on it.
public enum MachineLoad {
    /// A warning if other processes keep a core busy for more than a fourth of the time; nil if they do not.
    public static var warning: String? {
        var load = [0.0]
        guard getloadavg(&load, 1) == 1, load[0] > 0.25 else { return nil }
        return String(
            format:
                "warning: other processes have kept %.1f cores of this machine busy in the last minute: the figures are of what they leave; measure again when they are gone, or with --repeats",
            load[0])
    }
}
