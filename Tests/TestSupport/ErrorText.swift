/// The description of the error that `attempt` throws, or `no error`.
public func message(of attempt: () throws -> Void) -> String { complaint(attempt) ?? "no error" }

/// The description of the error that `attempt` throws; nil if it throws none.
public func complaint(_ attempt: () throws -> Void) -> String? {
    do {
        try attempt()
        return nil
    } catch {
        return "\(error)"
    }
}
